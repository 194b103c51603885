using System.Text.Json.Nodes;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Tests;

/// <summary>The Lab's verbs on the pair that comes with the project.</summary>
public sealed class DemoPairTests : IDisposable
{
    private const long MaxBytes = 24L << 20;

    private readonly DemoPair _pair;
    private readonly TemporaryFolder _folder = new();

    public DemoPairTests()
    {
        DemoPair? found = DemoPair.Find();
        Assert.SkipWhen(found is null, "models/demo is not there");
        _pair = found!;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_OfBothModels_AreSmallEnoughForTheRepository() => Assert.InRange(
        new[] { _pair.Large, _pair.Small }.SelectMany(folder => Directory.EnumerateFiles(folder)).Sum(file => new FileInfo(file).Length), 1, MaxBytes);

    [Fact]
    public void Tokenizer_OfBothModels_IsTheSame() => Assert.Equal(
        File.ReadAllBytes(Path.Combine(_pair.Large, "tokenizer.json")), File.ReadAllBytes(Path.Combine(_pair.Small, "tokenizer.json")));

    /// <summary>What the pair is for: the large model does what the small one does not.</summary>
    [Fact]
    public async Task Eval_DemoSuite_LargeIsRightMoreOftenThanSmall()
    {
        JsonNode large = await EvalAsync("demo:large"), small = await EvalAsync("demo:small");
        double right = (double)large["accuracy"]!, less = (double)small["accuracy"]!;
        Assert.InRange(right, 0.7, 1);
        Assert.InRange(less, 0.05, right - 0.15);
        Assert.Equal((0, 120), ((int)large["tokens"]!["small"]!, (int)large["n"]!));
        Assert.Equal((int)small["tokens"]!["completion"]!, (int)small["tokens"]!["small"]!);
        Assert.Equal(DemoTasks.All.Select(task => task.Task.Name).Order(StringComparer.Ordinal), large["tasks"]!.AsObject().Select(task => task.Key));
    }

    [Fact]
    public async Task Inspect_Sensitivity_ShowsEachLayer()
    {
        LabRun run = await LabRun.InvokeAsync("inspect", "--model", _pair.Small, "--sensitivity");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("1 - cosine", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_Gguf_WritesAFile()
    {
        string file = _folder.File("small.gguf");
        LabRun run = await LabRun.InvokeAsync("export", "gguf", "--model", _pair.Small, "--out", file);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal("GGUF"u8, File.ReadAllBytes(file).AsSpan(0, 4));
    }

    private async Task<JsonNode> EvalAsync(string alias)
    {
        string file = _folder.File("out.json");
        LabRun run = await LabRun.InvokeAsync(
            "eval", "--model", "demo", "--alias", alias, "--suite", "demo", "--limit", "120", "--seed", "7", "--threads", "1", "--json", file);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return JsonNode.Parse(File.ReadAllText(file))!;
    }
}
