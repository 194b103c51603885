using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Tests.Evaluation.Methods;

public sealed class CompareTests : IDisposable
{
    private static readonly string[] Names = ["large", "small", "speculative", "cascade", "entropy, replacing", "random", "periodic", "prompt routing"];

    private readonly TemporaryFolder _folder = new(), _large = RandomModel.Create(), _small = RandomModel.Create(seed: 2);

    public void Dispose()
    {
        _folder.Dispose();
        _large.Dispose();
        _small.Dispose();
    }

    [Fact]
    public async Task Compare_File_HasEveryMethodAndItsControls()
    {
        WriteSuite(12);
        LabRun run = await CompareAsync("--json", _folder.File("out.json"), "--plot", _folder.File("plot"), "--adaptive",
            """{"entropy": {"window": 1}}""");
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        JsonNode report = JsonNode.Parse(File.ReadAllText(_folder.File("out.json")))!;
        JsonNode[] rows = [.. report["rows"]!.AsArray().Select(row => row!)];
        Assert.Equal(Names, rows.Select(row => (string)row["method"]!).Distinct());
        Assert.Equal((12, 1), ((int)report["n"]!, (int)report["seeds"]!));
        Assert.Equal((1.0, 0.0), (Number(rows[0], "generated_by_large"), Number(rows[1], "generated_by_large")));
        Assert.Equal(1, Number(rows[0], "speed"), 9);
        foreach (JsonNode row in rows)
        {
            Assert.InRange(Number(row, "processed_by_large"), Number(row, "generated_by_large"), 1);
            Assert.Equal((string)row["method"]! == "prompt routing", row["seconds"] is null);
            Assert.Equal((string)row["method"]! == "entropy, replacing", row["over"] is not null);
        }

        JsonNode over = rows.First(row => (string)row["method"]! == "entropy, replacing")["over"]!;
        Assert.Equal(["periodic", "prompt routing", "random"], over.AsObject().Select(gain => gain.Key).Order(StringComparer.Ordinal));
        foreach (string name in (string[])["plot-share.svg", "plot-time.svg"])
            Assert.Contains("<svg", File.ReadAllText(_folder.File(name)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_OneModel_IsRefused()
    {
        WriteSuite(2);
        LabRun run = await LabRun.InvokeAsync("eval", "--compare", "--model", _large.Path, "--suite", _folder.File("suite.jsonl"));
        Assert.Equal((ExitCode.Failure, ""), (run.Code, run.Output));
        Assert.Contains("needs a pair", run.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--seeds", "2"), InlineData("--plot", "x"), InlineData("--compare", "--alias", "demo:large")]
    [InlineData("--compare", "--baseline", "x"), InlineData("--compare", "--answers", "x"), InlineData("--compare", "--seeds", "0")]
    public async Task Compare_MeaninglessOptions_IsAUsageError(params string[] options)
    {
        LabRun run = await LabRun.InvokeAsync(["eval", "--model", "m", "--suite", "s.jsonl", .. options]);
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
    }

    private static double Number(JsonNode row, string name) => (double)row[name]!;

    private void WriteSuite(int count) => _folder.Write("suite.jsonl", string.Join('\n', Enumerable.Range(0, count).Select(i =>
        new JsonObject { ["prompt"] = TinyExamples.Prompt(i), ["answer"] = i % 2 == 0 ? "a" : "b", ["checker"] = "contains" }.ToJsonString())));

    private Task<LabRun> CompareAsync(params string[] options) => LabRun.InvokeAsync(["eval", "--compare", "--model", _large.Path, "--small-model",
        _small.Path, "--suite", _folder.File("suite.jsonl"), "--threads", "1", "--max-tokens", "12", .. options]);
}
