using AdaptiveServe.Lab.Benchmarks.Client;
using AdaptiveServe.Lab.Benchmarks.Results;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Results;

public class LoadStatisticsTests
{
    [Fact]
    public void Summarize_Replies_SumsUpTokensAndRates()
    {
        LoadStatistics statistics = new(null);
        statistics.Add(Reply(first: 100, end: 400, tokens: 4), TimeSpan.FromMilliseconds(3));
        statistics.Add(Reply(first: 300, end: 300, tokens: 1), TimeSpan.Zero);
        statistics.Add(Reply(first: 100, end: 200, tokens: null), TimeSpan.Zero);
        LoadResult result = statistics.Summarize(TimeSpan.FromSeconds(2));
        Assert.Equal((3, 0, 1.5), (result.Succeeded, result.Failed, result.RequestsPerSecond));
        Assert.Equal((20, 5, 2.5, 1), (result.PromptTokens, result.OutputTokens, result.OutputTokensPerSecond, result.WithoutUsage));
        Assert.Equal((1, 100, 100), (result.TpotMs.Count, result.TpotMs.Mean, result.TpotMs.P50)); // (400 - 100) / (4 - 1)
        Assert.Equal((3, 3.0), (result.SendLagMs.Count, result.SendLagMs.Max));
        Assert.Null(result.Goodput);
    }

    [Fact]
    public void Summarize_Failures_CountInNoTime()
    {
        LoadStatistics statistics = new(new ServiceLevel(TimeSpan.FromDays(1), null));
        statistics.Add(Lab.Benchmarks.Client.Reply.Failed(RequestFailure.Http, "busy", 429, "queue_full"), TimeSpan.Zero);
        LoadResult result = statistics.Summarize(TimeSpan.FromSeconds(2));
        Assert.Equal((0, 1, 0.0), (result.Succeeded, result.Failed, result.RequestsPerSecond));
        Assert.Equal((0, 0), (result.E2eMs.Count, result.Goodput!.Requests));
        Assert.Equal(new FailureCount("http", 429, "queue_full", 1, "busy"), Assert.Single(result.Errors));
    }

    [Theory]
    [InlineData(100.0, null, 100.0, 900.0, 5, true)]
    [InlineData(99.0, null, 100.0, 900.0, 5, false)]
    [InlineData(null, 200.0, 100.0, 900.0, 5, true)] // 800 ms for 4 tokens
    [InlineData(null, 199.0, 100.0, 900.0, 5, false)]
    [InlineData(100.0, 200.0, 100.0, 900.0, 5, true)]
    [InlineData(null, 1.0, 100.0, 900.0, 1, true)] // one token is due to the first bound alone
    [InlineData(null, 9999.0, 100.0, 900.0, null, false)] // cannot be shown
    [InlineData(500.0, null, null, 900.0, 0, false)] // nothing came before the end
    [InlineData(900.0, null, null, 900.0, 0, true)]
    public void IsMetBy_Reply_ComparesBothBounds(double? ttft, double? tpot, double? first, double end, int? tokens, bool isMet) =>
        Assert.Equal(isMet, new ServiceLevel(Milliseconds(ttft), Milliseconds(tpot)).IsMetBy(Reply(first, end, tokens)));

    [Fact]
    public void Add_EndlessKindsOfFailures_KeepsABoundedNumber()
    {
        FailureCounts counts = new();
        for (int i = 0; i < 1000; i++) counts.Add(new RequestFailure(RequestFailure.StreamError, "m", code: $"code{i}"));
        Assert.Equal(FailureCounts.MaxKinds + 1, counts.List().Count);
        Assert.Equal(1000, counts.List().Sum(count => count.Count));
        Assert.Equal(("other", 1000 - FailureCounts.MaxKinds), (counts.List()[0].Code, counts.List()[0].Count));
    }

    private static Reply Reply(double? first, double end, int? tokens) => new()
    {
        TimeToFirstToken = Milliseconds(first),
        EndToEnd = TimeSpan.FromMilliseconds(end),
        Usage = tokens is { } count ? new StreamChunk.TokenUsage { PromptTokens = 10, CompletionTokens = count } : null,
    };

    private static TimeSpan? Milliseconds(double? value) => value is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
}
