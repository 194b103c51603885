using System.Text.Json.Nodes;
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
        LabRun run = await InvokeAsync(
            server, "--requests", "12", "--concurrency", "4", "--api", "completions", "--api-key", "secret",
            "--slo-ttft", "60000", "--slo-tpot", "60000");
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Contains("9 answered, 3 failed", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 x http 429 queue_full: busy", run.Output, StringComparison.Ordinal);

        JsonNode options = Report()["options"]!, result = Report()["result"]!;
        Assert.Null(options["api_key"]);
        Assert.Equal(("listed", "completions", 12), ((string?)options["model"], (string?)options["api"], (int?)options["requests"]));
        Assert.Equal((9, 3), ((int?)result["succeeded"], (int?)result["failed"]));
        Assert.Equal((63, 27), ((int?)result["prompt_tokens"], (int?)result["output_tokens"]));
        Assert.Equal(18, (int?)result["itl_ms"]!["count"]);
        Assert.Equal((9, 0.75), ((int?)result["goodput"]!["requests"], (double?)result["goodput"]!["share"]));
        Assert.Equal(429, (int?)Assert.Single(result["errors"]!.AsArray())!["status"]);
        Assert.Equal(1 + 1 + 12, server.Requests.Count); // the list of models, warming up, and what is measured
    }

    [Fact]
    public async Task Bench_Rate_SendsAllAtTheirTimes()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(AnswerAsync);
        LabRun run = await InvokeAsync(server, "--model", "m", "--warmup", "0", "--requests", "9", "--rate", "1000");
        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal(9, (int?)Report()["result"]!["send_lag_ms"]!["count"]);
        Assert.Equal(9, server.Requests.Select(request => request.Body).Distinct().Count());
    }

    [Fact]
    public async Task Bench_WarmUpFails_SaysWhyAndWritesNothing()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, _) => context.SendAsync(500, "text/plain", "no"));
        LabRun run = await InvokeAsync(server, "--model", "m");
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("http 500: Internal Server Error", run.ErrorLine, StringComparison.Ordinal);
        Assert.Empty(_folder.Names());
    }

    [Fact]
    public async Task Bench_NothingSucceeds_ReportsAndFails()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync((context, _) => context.SendAsync(500, "text/plain", "no"));
        LabRun run = await InvokeAsync(server, "--model", "m", "--warmup", "0", "--requests", "2");
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
    [InlineData("--adaptive", "{\"target\": \"\\ud800\"}")]
    [InlineData("--api-key", "two\nlines")]
    [InlineData("--api", "responses")]
    public async Task Bench_MeaninglessOptions_IsAUsageError(params string[] options)
    {
        string[] url = options[0] == "--url" ? [] : ["--url", "http://127.0.0.1:1"];
        LabRun run = await LabRun.InvokeAsync(["bench", .. url, .. options]);
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
        Assert.Contains(options[0] == "--api" ? options[1] : options[0], run.ErrorLine, StringComparison.Ordinal);
    }

    private Task<LabRun> InvokeAsync(ScriptedServer server, params string[] options) =>
        LabRun.InvokeAsync(["bench", "--url", server.Url.ToString(), "--json", _folder.File("out.json"), .. options]);

    private JsonNode Report() => JsonNode.Parse(File.ReadAllText(_folder.File("out.json")))!;

    private static Task AnswerAsync(HttpContext context, int number)
    {
        if (context.Request.Path == "/v1/models")
            return context.SendAsync(200, "application/json", """{"data": [{"id": "listed"}]}""");
        return number % 4 == 3
            ? context.SendAsync(429, "application/json", """{"error": {"message": "busy", "code": "queue_full"}}""")
            : context.SendEventsAsync(Answers.Text("a"), Answers.Text("b"), Answers.Text("c"), Answers.Usage(7, 3), Answers.Done);
    }
}
