using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Tests.Evaluation.Routing;

public sealed class CompareRoutesCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(), _model = RandomModel.Create();

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
    }

    /// <summary>The model has two layers and was not trained: what counts is that one of them is left out.</summary>
    [Fact]
    public async Task Compare_TwoRouters_WritesTablePlotAndReport()
    {
        Assert.Equal(ExitCode.Success, (await LabRun.InvokeAsync("inspect", "--model", _model.Path, "--write-ranking")).Code);
        LabRun run = await InvokeAsync("--router", "static", "--router", "random", "--budget", "0.5", "--budget", "1");
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        JsonArray points = JsonNode.Parse(File.ReadAllText(_folder.File("routes.json")))!["points"]!.AsArray();
        Assert.Equal(["large", "static", "static", "random", "random"], points.Select(point => (string?)point!["router"]));
        Assert.Equal([1, 0.5, 1, 0.5, 1], points.Select(point => (double)point!["executed_share"]!));
        Assert.Equal(0, (double)points[2]!["difference"]!["mean"]!); // all layers are the whole model
        Assert.Contains("<svg", File.ReadAllText(_folder.File("routes.svg")), StringComparison.Ordinal);
        Assert.Contains("static", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_NoRanking_FailsAndLeavesNoFile()
    {
        LabRun run = await InvokeAsync("--router", "static");
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("layer-ranking.json", run.ErrorLine, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("routes.json")));
    }

    [Theory]
    [InlineData("--router", "nobody")]
    [InlineData("--budget", "0")]
    [InlineData("--budget", "1.1")]
    [InlineData("--budget", "x")]
    public async Task Compare_MeaninglessOptions_IsAUsageError(string option, string value) =>
        Assert.Equal(ExitCode.Usage, (await InvokeAsync(option, value)).Code);

    private Task<LabRun> InvokeAsync(params string[] options)
    {
        _folder.Write("suite.jsonl", string.Join('\n', Enumerable.Range(0, 3).Select(i =>
            new JsonObject { ["task"] = "any", ["prompt"] = TinyExamples.Prompt(i), ["answer"] = "a" }.ToJsonString())));
        return LabRun.InvokeAsync(["compare-routes", "--model", _model.Path, "--suite", _folder.File("suite.jsonl"), "--out", _folder.Path, "--threads", "1", .. options]);
    }
}
