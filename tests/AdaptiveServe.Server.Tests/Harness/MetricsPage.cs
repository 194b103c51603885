using System.Globalization;
using System.Text.RegularExpressions;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>The text at <c>/metrics</c>, read as strictly as Prometheus does.</summary>
internal sealed partial class MetricsPage
{
    private readonly Dictionary<string, double> _samples = [];

    private MetricsPage(string text)
    {
        Text = text;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal) || line is "# EOF") continue;
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal)) AddType(line.Split(' '));
            else AddSample(line);
        }
    }

    public string Text { get; }

    /// <summary>Types by name.</summary>
    public Dictionary<string, string> Types { get; } = [];

    /// <summary>Names with their labels as they stand, but those that say which meter it was.</summary>
    public IReadOnlyCollection<string> Names => _samples.Keys;

    /// <summary>A sample; 0 where there is none.</summary>
    public double this[string name] => _samples.GetValueOrDefault(name);

    public bool Has(string name) => _samples.ContainsKey(name);

    public static async Task<MetricsPage> ReadAsync(TestServer server)
    {
        using HttpResponseMessage response = await server.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        return new MetricsPage(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Reads it until a sample is at least so much: pages are kept for a moment.</summary>
    public static async Task<MetricsPage> ReadUntilAsync(TestServer server, string name, double least)
    {
        MetricsPage? page = null;
        await Poll.UntilAsync(async () => (page = await ReadAsync(server))[name] >= least, $"{name} of {least}");
        return page!;
    }

    private void AddType(string[] words)
    {
        Assert.Equal(4, words.Length);
        Assert.Contains(words[3], (string[])["counter", "gauge", "histogram"]);
        Assert.True(Types.TryAdd(words[2], words[3]), $"{words[2]} has two types");
    }

    private void AddSample(string line)
    {
        Match match = Sample().Match(line);
        Assert.True(match.Success, line);
        string labels = MeterLabel().Replace(match.Groups["labels"].Value, "").Trim(',');
        string name = match.Groups["name"].Value + (labels.Length > 0 ? $"{{{labels}}}" : "");
        double value = match.Groups["value"].Value is "+Inf" ? double.PositiveInfinity : double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
        Assert.True(_samples.TryAdd(name, value), $"{name} occurs twice");
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*)\})? (?<value>[-+0-9.eEINnaf]+)( [0-9]+)?$""")]
    private static partial Regex Sample();

    [GeneratedRegex("""otel_scope_[a-z_]+="[^"]*",?""")]
    private static partial Regex MeterLabel();
}
