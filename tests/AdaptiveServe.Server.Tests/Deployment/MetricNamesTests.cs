using System.Text.RegularExpressions;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>Names of metrics in the files and in the guide, against what a server shows.</summary>
public sealed partial class MetricNamesTests(ObservedServer observed) : IClassFixture<ObservedServer>
{
    [Fact]
    public async Task Names_InEveryFile_AreShownByTheServer()
    {
        await observed.SendAsync();
        HashSet<string> shown = [.. Samples(await observed.ReadMetricsAsync()).Select(sample => sample.Name)];
        IEnumerable<string> files = DeploymentFiles.WithSuffix(".yaml", ".yml", ".json");
        (string Path, string Name)[] used =
            [.. files.SelectMany(path => MetricName().Matches(DeploymentFiles.Read(path)).Select(match => (path, match.Value)))];
        Assert.True(used.Length > 40, $"{used.Length} names found");
        Assert.All(used, use => Assert.True(shown.Contains(use.Name), $"{use.Path}: {use.Name}"));
    }

    [Fact]
    public async Task Guide_Tables_AreWhatTheServerShows()
    {
        await observed.SendAsync();
        string page = await observed.ReadMetricsAsync();
        Dictionary<string, string> documented = GuideRow().Matches(DeploymentFiles.Read("docs/observability.md"))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["type"].Value);
        Dictionary<string, string> shown = OwnKind().Matches(page)
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["type"].Value);
        Assert.Equal(shown.OrderBy(pair => pair.Key, StringComparer.Ordinal), documented.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Guide_Labels_AreWhatTheServerShows()
    {
        await observed.SendAsync();
        ILookup<string, string> shown = Samples(await observed.ReadMetricsAsync())
            .SelectMany(sample => sample.Labels.Select(label => (sample.Name, label)))
            .Where(pair => pair.label != "le" && !pair.label.StartsWith("otel_", StringComparison.Ordinal))
            .ToLookup(pair => Suffix().Replace(pair.Name, ""), pair => pair.label);
        string[] labels = [];
        foreach (Match row in GuideRow().Matches(DeploymentFiles.Read("docs/observability.md")))
        {
            string cell = row.Groups["labels"].Value;
            if (cell.Trim() != "the same") labels = [.. Quoted().Matches(cell).Select(match => match.Groups[1].Value)];
            string[] seen = [.. shown[row.Groups["name"].Value].Distinct()];
            Assert.Empty(seen.Except(labels));
            Assert.Empty(labels.Except([.. seen, "error_type"])); // only requests that fail have that
        }
    }

    [Fact]
    public async Task Metrics_OfOurs_AreAcceptedByPromtool()
    {
        await observed.SendAsync();
        string[] lines = (await observed.ReadMetricsAsync()).Split('\n');
        // Those of the runtime have names that are not ours to choose.
        IEnumerable<string> ours = lines.Where(line => !line.Contains("dotnet_", StringComparison.Ordinal));
        await PromtoolTests.ExpectAsync(["check", "metrics"], string.Join('\n', ours));
    }

    private static IEnumerable<(string Name, string[] Labels)> Samples(string page) =>
        from line in page.Split('\n')
        where line.Length > 0 && line[0] != '#'
        select (line.Split('{', ' ')[0], (string[])[.. Label().Matches(line).Select(match => match.Groups[1].Value)]);

    [GeneratedRegex(@"\b(adaptiveserve|gen_ai|dotnet)_[a-z_]+\b")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \| (?<type>\w+) \| [^|]+ \| (?<labels>[^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex GuideRow();

    [GeneratedRegex(@"^# TYPE (?<name>(adaptiveserve|gen_ai)_\w+) (?<type>\w+)", RegexOptions.Multiline)]
    private static partial Regex OwnKind();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Quoted();
}
