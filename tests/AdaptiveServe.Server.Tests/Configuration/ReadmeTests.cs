using System.Runtime.CompilerServices;
using AdaptiveServe.Server.Configuration;

namespace AdaptiveServe.Server.Tests.Configuration;

public class ReadmeTests
{
    [Fact]
    public void Readme_TableOfSettings_IsThatOfTheProgram()
    {
        string readme = File.ReadAllText(Path.Combine(Repository(), "README.md"));
        string[] parts = readme.Split(["<!-- settings -->", "<!-- /settings -->"], StringSplitOptions.None);
        Assert.True(parts.Length == 3, "README.md must have its settings between the two markers, once");
        string[] lines = parts[1].Split('\n', StringSplitOptions.TrimEntries);
        IEnumerable<string> rows = lines.Where(line => line.StartsWith("| `--", StringComparison.Ordinal));
        Assert.Equal(Settings.All.Select(Row), rows);
    }

    private static string Row(Setting setting) => $"| `{setting.Flag} {setting.Value}` | {setting.Default} | {setting.Description} |";

    private static string Repository([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "../../.."));
}
