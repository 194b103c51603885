using System.Runtime.CompilerServices;
using AdaptiveServe.Server.Configuration;

namespace AdaptiveServe.Server.Tests.Configuration;

public class ReadmeTests
{
    [Fact]
    public void Readme_TableOfSettings_IsThatOfTheProgram()
    {
        string[] parts = File.ReadAllText(Path.Combine(Repository(), "README.md")).Split(["<!-- settings -->", "<!-- /settings -->"], StringSplitOptions.None);
        Assert.True(parts.Length == 3, "README.md must have its settings between the two markers, once");
        List<string> rows = [.. parts[1].Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("| `--", StringComparison.Ordinal))];
        Assert.Equal(Settings.All.Select(setting => $"| `{setting.Flag} {setting.Value}` | {setting.Default} | {setting.Description} |"), rows);
    }

    private static string Repository([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "../../.."));
}
