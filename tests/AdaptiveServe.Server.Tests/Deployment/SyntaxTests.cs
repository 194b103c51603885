using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Deployment;

public class SyntaxTests
{
    public static TheoryData<string> YamlFiles => [.. DeploymentFiles.WithSuffix(".yaml", ".yml")];

    public static TheoryData<string> JsonFiles => [.. DeploymentFiles.WithSuffix(".json")];

    [Theory, MemberData(nameof(YamlFiles))]
    public void Yaml_EveryFile_Parses(string path) => Assert.Single(DeploymentFiles.ReadYaml(path));

    [Theory, MemberData(nameof(JsonFiles))]
    public void Json_EveryFile_Parses(string path)
    {
        using JsonDocument document = JsonDocument.Parse(DeploymentFiles.Read(path));
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
    }
}
