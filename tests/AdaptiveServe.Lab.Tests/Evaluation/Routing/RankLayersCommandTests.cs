using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Lab.Tests.Evaluation.Routing;

public sealed class RankLayersCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(), _model = RandomModel.Create();

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
    }

    /// <summary>Twice the same, and over what was there for another model.</summary>
    [Fact]
    public async Task Rank_Model_WritesEachLayerOnce()
    {
        Directory.CreateDirectory(Path.Combine(_model.Path, "adaptive"));
        File.WriteAllText(Path.Combine(_model.Path, LayerRanking.Place), """{"fingerprint": "another", "method": "loss", "layers": [0, 1]}""");
        LabRun run = await InvokeAsync();
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        LayerRanking first = LayerRanking.Find(_model.Path)!;
        Assert.Equal(("loss", 2), (first.Method, first.Layers.Distinct().Count()));
        await InvokeAsync();
        Assert.Equal(first.Layers, LayerRanking.Find(_model.Path)!.Layers);
    }

    private Task<LabRun> InvokeAsync()
    {
        _folder.Write("suite.jsonl", string.Join('\n', Enumerable.Range(0, 3).Select(i =>
            new JsonObject { ["task"] = "any", ["prompt"] = TinyExamples.Prompt(i), ["answer"] = "a" }.ToJsonString())));
        return LabRun.InvokeAsync("rank-layers", "--model", _model.Path, "--suite", _folder.File("suite.jsonl"), "--threads", "1");
    }
}
