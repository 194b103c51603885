using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using Microsoft.AspNetCore.Http;

namespace AdaptiveServe.Lab.Tests.Benchmarks;

public sealed class BenchCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bench_MixedAnswers_ReportsThemAll()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(AnswerAsync);
        LabRun run = await LabRun.InvokeAsync(
            "bench", "--url", server.Url.ToString(), "--requests", "12", "--concurrency", "4", "--api", "completions", "--api-key", "secret",
            "--slo-ttft", "60000", "--slo-tpot", "60000", "--json", _folder.File("out.json"));
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Contains("9 answered, 3 failed", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 x http 429 queue_full: busy", run.Output, StringComparison.Ordinal);

        string json = await File.ReadAllTextAsync(_folder.File("out.json"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
        JsonElement report = JsonElement.Parse(json), result = report.GetProperty("result");
        Assert.Equal(("listed", "completions", 12), (Options("model").GetString(), Options("api").GetString(), Options("requests").GetInt32()));
        Assert.Equal((9, 3), (result.GetProperty("succeeded").GetInt32(), result.GetProperty("failed").GetInt32()));
        Assert.Equal((27, 63), (result.GetProperty("output_tokens").GetInt32(), result.GetProperty("prompt_tokens").GetInt32()));
        Assert.Equal(18, result.GetProperty("itl_ms").GetProperty("count").GetInt32());
        Assert.Equal((9, 0.75), (result.GetProperty("goodput").GetProperty("requests").GetInt32(), result.GetProperty("goodput").GetProperty("share").GetDouble()));
        Assert.Equal(429, Assert.Single(result.GetProperty("errors").EnumerateArray()).GetProperty("status").GetInt32());
        Assert.Equal(1 + 1 + 12, server.Requests.Count); // the list of models, warming up, and what is measured

        JsonElement Options(string name) => report.GetProperty("options").GetProperty(name);
    }

    [Fact]
    public async Task Bench_Rate_SendsAllAtTheirTimes()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(AnswerAsync);
        LabRun run = await LabRun.InvokeAsync(
            "bench", "--url", server.Url.ToString(), "--model", "m", "--warmup", "0", "--requests", "9", "--rate", "1000", "--json", _folder.File("out.json"));
        Assert.Equal(ExitCode.Success, run.Code);
        JsonElement result = JsonElement.Parse(await File.ReadAllTextAsync(_folder.File("out.json"), TestContext.Current.CancellationToken)).GetProperty("result");
        Assert.Equal(9, result.GetProperty("send_lag_ms").GetProperty("count").GetInt32());
        Assert.Equal(9, server.Requests.Select(request => request.Body).Distinct().Count());
    }

    [Fact]
    public async Task Bench_WarmUpFails_SaysWhyAndWritesNothing()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, _) => context.SendAsync(500, "text/plain", "no"));
        LabRun run = await LabRun.InvokeAsync("bench", "--url", server.Url.ToString(), "--model", "m", "--json", _folder.File("out.json"));
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("http 500: Internal Server Error", run.ErrorLine, StringComparison.Ordinal);
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public async Task Bench_NothingSucceeds_ReportsAndFails()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, _) => context.SendAsync(500, "text/plain", "no"));
        LabRun run = await LabRun.InvokeAsync(
            "bench", "--url", server.Url.ToString(), "--model", "m", "--warmup", "0", "--requests", "2", "--json", _folder.File("out.json"));
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.EndsWith("no request succeeded", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(["out.json"], _folder.Names());
    }

    [Theory]
    [InlineData("--url", "ftp://x")]
    [InlineData("--url", "http://user:password@x")]
    [InlineData("--url", "x")]
    [InlineData("--requests", "0")]
    [InlineData("--requests", "many")]
    [InlineData("--rate", "NaN")]
    [InlineData("--rate", "0")]
    [InlineData("--rate", "1", "--trace", "t.csv")]
    [InlineData("--time-scale", "2")]
    [InlineData("--trace", "t.csv", "--max-tokens", "5")]
    [InlineData("--prompts", "p.jsonl", "--prompt-tokens", "5")]
    [InlineData("--adaptive", "[]")]
    [InlineData("--adaptive", "{")]
    [InlineData("--api", "responses")]
    public async Task Bench_MeaninglessOptions_IsAUsageError(params string[] options)
    {
        string[] url = options[0] == "--url" ? [] : ["--url", "http://127.0.0.1:1"];
        LabRun run = await LabRun.InvokeAsync(["bench", .. url, .. options]);
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
        Assert.Contains(options[0] == "--api" ? options[1] : options[0], run.ErrorLine, StringComparison.Ordinal);
    }

    /// <summary>Every fourth completion is refused.</summary>
    private static Task AnswerAsync(HttpContext context, int number)
    {
        if (context.Request.Path == "/v1/models") return context.SendAsync(200, "application/json", """{"data": [{"id": "listed"}]}""");
        return number % 4 == 3 && number > 2
            ? context.SendAsync(429, "application/json", """{"error": {"message": "busy", "code": "queue_full"}}""")
            : context.SendEventsAsync(Answers.Text("a"), Answers.Text("b"), Answers.Text("c"), Answers.Usage(7, 3), Answers.Done);
    }
}
