using System.Text.RegularExpressions;
using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using YamlDotNet.RepresentationModel;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>What the files set is what the server has, with values that it takes.</summary>
public partial class SettingNamesTests
{
    public static TheoryData<string> Files => [.. DeploymentFiles.ThatConfigure];

    [Theory, MemberData(nameof(Files))]
    public void Variables_InAFile_AreSettings(string path)
    {
        HashSet<string> known = [.. Settings.All.Select(setting => setting.Variable), "ADAPTIVESERVE_TEST_DATA", "ADAPTIVESERVE_PORT"];
        Assert.All(Variable().Matches(DeploymentFiles.Read(path)), match => Assert.Contains(match.Value, known));
    }

    [Fact]
    public async Task Variables_OfBothImages_AreAccepted()
    {
        foreach (string path in (string[])["docker/Dockerfile", "docker/Dockerfile.cuda"])
        {
            Dictionary<string, string> variables = ImageVariable().Matches(DeploymentFiles.Read(path))
                .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
            Assert.Equal("http://0.0.0.0:8080", variables["ADAPTIVESERVE_URLS"]);
            variables.Add("ADAPTIVESERVE_MODEL", "/models/m");
            await ValidateAsync([.. variables.SelectMany(pair => Entries(pair.Key, pair.Value))]);
        }
    }

    [Fact]
    public async Task Configuration_OfEveryPod_IsAccepted()
    {
        IEnumerable<YamlNode> deployments = DeploymentFiles.Manifests().Where(manifest => manifest.Text("kind") == "Deployment");
        List<YamlNode> servers = [.. deployments.SelectMany(ServerContainers)]; // of the CPU, and what changes on a GPU
        Assert.Equal(2, servers.Count);
        string[] args = [.. servers.SelectMany(server => server.Texts("args"))];
        await ValidateAsync([.. servers.SelectMany(server => server.Items("env")).SelectMany(Entries), .. args.Chunk(2).SelectMany(Flag)]);
    }

    [Fact]
    public async Task Configuration_OfTheComposition_IsAccepted()
    {
        YamlNode composition = DeploymentFiles.ReadYaml("docker/compose.yaml")[0];
        var given = (YamlMappingNode)composition.Find("services/server/environment")!;
        Dictionary<string, string> environment = given.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString());
        Assert.Equal("/run/secrets/" + composition.Texts("services/server/secrets").Single(), environment["ADAPTIVESERVE_API_KEY_FILE"]);
        string key = environment["ADAPTIVESERVE_API_KEY_FILE"] = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(key, "a-key\n", TestContext.Current.CancellationToken);
            await ValidateAsync([.. environment.SelectMany(pair => Entries(pair.Key, pair.Value))]);
        }
        finally
        {
            File.Delete(key);
        }
    }

    private static IEnumerable<YamlNode> ServerContainers(YamlNode deployment) =>
        deployment.Items("spec/template/spec/containers").Where(container => container.Text("name") == "server");

    private static IEnumerable<KeyValuePair<string, string?>> Entries(YamlNode variable) =>
        Entries(variable.Text("name")!, variable.Text("value") ?? "from a secret");

    private static IEnumerable<KeyValuePair<string, string?>> Entries(string variable, string value) =>
        Settings.All.Single(setting => setting.Variable == variable).Entries([value]);

    private static IEnumerable<KeyValuePair<string, string?>> Flag(string[] pair) =>
        Settings.All.Single(setting => setting.Flag == pair[0]).Entries([pair[1]]);

    private static async Task ValidateAsync(IReadOnlyList<KeyValuePair<string, string?>> entries)
    {
        await using WebApplication app = AdaptiveServeHost.Create(entries);
        app.Services.GetRequiredService<IStartupValidator>().Validate();
    }

    [GeneratedRegex("ADAPTIVESERVE_[A-Z_]+")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^(?:ENV)? +(ADAPTIVESERVE_\w+)=(\S+)", RegexOptions.Multiline)]
    private static partial Regex ImageVariable();
}
