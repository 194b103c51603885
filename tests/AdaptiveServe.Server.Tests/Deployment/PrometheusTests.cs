using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>What operators see, by a real Prometheus.</summary>
public partial class PrometheusTests(PrometheusServer prometheus) : IClassFixture<PrometheusServer>
{
    public static TheoryData<string> EveryQuery => [.. Queries.All];

    [Fact]
    public async Task Scrape_WithTheKey_Succeeds()
    {
        PrometheusServer.Require();
        Assert.Equal([1.0], await prometheus.QueryAsync("up{job=\"adaptiveserve\"}"));
    }

    [Theory, MemberData(nameof(EveryQuery))]
    public async Task Query_AfterRequests_GivesNumbers(string query)
    {
        PrometheusServer.Require();
        List<double> values = await prometheus.QueryAsync(query);
        Assert.NotEmpty(values);
        bool isAcceptance = query.Contains("/ sum(rate(adaptiveserve_spec_decode", StringComparison.Ordinal); // nothing drafts yet: 0 / 0
        Assert.All(values, value => Assert.True(double.IsFinite(value) || isAcceptance, $"{query} is {value}"));
    }

    [Theory]
    [InlineData("adaptiveserve_generation_tokens_total{role=\"small\"}", ObservedServer.SmallTokens)]
    [InlineData("adaptiveserve_generation_tokens_total{role=\"large\"}", ObservedServer.LargeTokens)]
    [InlineData("adaptiveserve_layers_total{kind=\"executed\"}", 2 * ObservedServer.LargeTokens)]
    [InlineData("adaptiveserve_request_success_total{finished_reason=\"length\"}", 5)]
    [InlineData("adaptiveserve_request_failure_total{code=\"too_many_sequences\"}", 1)]
    public async Task Query_Counter_IsWhatWasDone(string query, double once)
    {
        PrometheusServer.Require();
        Assert.Equal([PrometheusServer.Rounds * once], await prometheus.QueryAsync(query));
    }

    [Fact]
    public Task Configuration_IsAccepted() => PromtoolTests.ExpectAsync(["check", "config", prometheus.Configuration]);

    [Fact]
    public async Task Rules_AreEvaluated_OnDataThatIsThere()
    {
        PrometheusServer.Require();
        List<JsonElement> rules = await prometheus.GetRulesAsync();
        Assert.Equal(7, rules.Count);
        foreach (JsonElement rule in rules)
        {
            Assert.True(rule.GetProperty("health").GetString() == "ok", rule.ToString());
            foreach (Match selector in Selector().Matches(rule.GetProperty("query").GetString()!))
                Assert.True((await prometheus.QueryAsync(selector.Value)).Count > 0, $"{selector.Value} has no data");
        }
    }

    [GeneratedRegex(@"\b[a-z_]+\{[^}]*\}")]
    private static partial Regex Selector();
}
