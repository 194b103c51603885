using System.Text.Json.Nodes;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Lab.LayerRouting;
using AdaptiveServe.Lab.LayerRouting.Training;
using AdaptiveServe.Lab.Speculation;
using AdaptiveServe.Lab.Tests.Evaluation;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;
using TorchSharp;

namespace AdaptiveServe.Lab.Tests.LayerRouting;

/// <summary>A model of two layers that was not trained learns to leave layers out of what it says.</summary>
public sealed class TrainLayerRoutersCommandTests : IDisposable
{
    private const int Count = 24, ReplyTokens = 24;

    private readonly TemporaryFolder _folder = new(), _model = RandomModel.Create();

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task Train_Drllm_WritesRoutersThatAreCompared()
    {
        await WriteSuiteAsync();
        LabRun run = await TrainAsync("drllm", "--labels", _folder.File("labels.jsonl"), "--epochs", "2", "--plot", _folder.File("skips.svg"));
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Contains("macro-F1", run.Output, StringComparison.Ordinal);
        Assert.Contains("<svg", File.ReadAllText(_folder.File("skips.svg")), StringComparison.Ordinal);
        string[] labels = File.ReadAllLines(_folder.File("labels.jsonl"));
        Assert.Equal(1 + Count, labels.Length);
        Assert.True(File.Exists(Path.Combine(_model.Path, BottleneckRouter.FileName)));

        LabRun again = await TrainAsync("drllm", "--labels", _folder.File("labels.jsonl"), "--epochs", "2"); // nothing is searched anew
        Assert.Equal((ExitCode.Success, run.Output), (again.Code, again.Output));
        Assert.Equal(labels, File.ReadAllLines(_folder.File("labels.jsonl")));

        LabRun compared = await LabRun.InvokeAsync("compare-routes", "--model", _model.Path, "--suite", _folder.File("suite.jsonl"), "--out", _folder.Path,
            "--router", "learned", "--router", "lac", "--budget", "0.5", "--budget", "1", "--oracle", "--untimed", "--threads", "1", "--limit", "6");
        Assert.Equal((ExitCode.Success, ""), (compared.Code, compared.Error));
        JsonArray points = JsonNode.Parse(File.ReadAllText(_folder.File("routes.json")))!["points"]!.AsArray();
        Assert.Equal(["large", "learned", "learned", "lac", "lac", "oracle"], points.Select(point => (string?)point!["router"]));
        Assert.Equal(1, (double)points[4]!["executed_share"]!); // a budget of all layers is the whole model
        Assert.Equal(0, (double)points[4]!["difference"]!["mean"]!);
        Assert.InRange((double)points[2]!["executed_share"]!, 1, 1.5); // and leaves the learned router only second passes
        Assert.InRange((double)points[5]!["score"]!["accuracy"]!, (double)points[0]!["score"]!["accuracy"]!, 1); // the oracle is never worse
        Assert.Null(points[1]!["tokens_per_second"]);
    }

    /// <summary>Labels along the ranking: of two layers the first of it is left out or not, and nothing is learned from wrong replies.</summary>
    [Fact]
    public async Task Train_SurePaths_GoAlongTheRanking()
    {
        await WriteSuiteAsync();
        string[] sure = ["--paths", "sure", "--labels", _folder.File("sure.jsonl"), "--epochs", "2"];
        LabRun refused = await TrainAsync("drllm", sure);
        Assert.Equal(ExitCode.Failure, refused.Code);
        Assert.Contains("rank-layers", refused.ErrorLine, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_model.Path, "adaptive"));
        using (FileStream stream = File.Create(Path.Combine(_model.Path, LayerRanking.Place)))
            new LayerRanking(ModelFingerprint.Of(_model.Path), "any", [1, 0]).Write(stream);
        LabRun run = await TrainAsync("drllm", sure);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        JsonNode[] labels = [.. File.ReadLines(_folder.File("sure.jsonl")).Skip(1).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(Count, labels.Length);
        Assert.All(labels, label => Assert.Contains(label["paths"]!.ToJsonString(), (bool)label["is_whole_right"]! ? ["[[0]]", "[[0,1]]"] : (string[])["[]"]));
    }

    [Fact]
    public async Task Train_First_WritesGates()
    {
        await WriteSuiteAsync();
        LabRun run = await TrainAsync("first", "--epochs", "1", "--low-rank", "0");
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Contains("layer   1", run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_model.Path, AdapterOutput.Folder)));
        using EvaluationModel model = Load();
        Assert.Contains(PromptRouters.First, model.Engine.Info.PromptRouters);
    }

    [Fact]
    public async Task Train_First_WritesAnAdapterThatIsMergedAtLoad()
    {
        await WriteSuiteAsync();
        string adapter = Path.Combine(_model.Path, AdapterOutput.Folder), merged = _folder.File("merged");
        LabRun run = await TrainAsync("first", "--epochs", "1", "--low-rank", "2", "--adapter-epochs", "2", "--merge", merged);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Contains("budget 0.8", run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_model.Path, AdapterState.FileName)));

        string[] fromAdapter = await CompareAsync("--model", _model.Path, "--adapter", adapter);
        Assert.Equal(fromAdapter, await CompareAsync("--model", merged)); // the same weights, and the same budgets
        Assert.Equal(ExitCode.Failure, (await TrainAsync("first", "--merge", merged)).Code); // it is not empty

        LabRun again = await TrainAsync("first", "--keep-gates", "--low-rank", "2", "--adapter-epochs", "2");
        Assert.Equal((ExitCode.Success, run.Output[run.Output.IndexOf("adapter ", StringComparison.Ordinal)..]), (again.Code, again.Output));
    }

    /// <summary>Two passes are the same with an end between them, bit for bit; another training is not gone on with.</summary>
    [Fact]
    public void AdapterTraining_Resumed_IsTheSame()
    {
        float[] biases = [0, 0.1f];
        GateRouter gates = new([.. Enumerable.Range(0, RandomModel.Layers * 32).Select(i => (float)Math.Sin(i))], biases, new ScoreQuantiles([0, 0]));
        Answer[] texts = [.. Enumerable.Range(0, 8).Select(i => new Answer("", [3, 4, 5, 3 + i % 4, 6, 3, 4 + i % 3, 5, 2], 4))];
        AdapterOptions options = new() { Rank = 2, Epochs = 2 };
        using AdapterTrainer whole = new(_model.Path, gates, texts, 64, options, seed: 1), first = new(_model.Path, gates, texts, 64, options, seed: 1);
        float[] start = Values(whole);
        whole.Train(() => { }, CancellationToken.None);
        whole.Train(() => { }, CancellationToken.None);
        first.Train(() => { }, CancellationToken.None);
        string state = _folder.File("state.safetensors");
        AdapterState.Save(state, "this", first);
        using AdapterTrainer second = new(_model.Path, gates, texts, 64, options, seed: 1);
        Assert.Throws<LabException>(() => AdapterState.Exists(state, "another"));
        Assert.True(AdapterState.Exists(state, "this"));
        Assert.False(AdapterState.Exists(_folder.File("none"), "this"));
        AdapterState.Load(state, second);
        second.Train(() => { }, CancellationToken.None);
        Assert.Equal((2, whole.Step), (second.Epoch, second.Step));
        Assert.NotEqual(start, Values(whole));
        Assert.Equal(Values(whole), Values(second));

        static float[] Values(AdapterTrainer trainer) => [.. trainer.State.SelectMany(tensor => tensor.flatten().data<float>().ToArray())];
    }

    /// <summary>Learns to do without a layer what it did with it, and to stay as it was with all layers.</summary>
    [Fact]
    public void AdapterTraining_Loss_Falls()
    {
        GateRouter gates = new(new float[RandomModel.Layers * 32], [1, -1], new ScoreQuantiles([0, 0])); // the second layer goes first
        Answer[] texts = [.. Enumerable.Range(0, 24).Select(i => new Answer("", [3, 4, 5, 3 + i % 4, 6, 3, 4 + i % 3, 5, 2], 4))];
        using AdapterTrainer trainer = new(_model.Path, gates, texts, 64, new AdapterOptions { Rank = 4, Epochs = 60, LearningRate = 2e-3f, Distillation = 0 }, seed: 1);
        int[][] routes = [.. texts.Select(_ => new[] { 0 })];
        double before = trainer.Loss(texts, routes);
        for (int i = 0; i < 60; i++) trainer.Train(() => { }, TestContext.Current.CancellationToken);
        Assert.InRange(trainer.Loss(texts, routes), 0, 0.7 * before);
        using CancellationTokenSource ended = new();
        ended.Cancel();
        Assert.Throws<OperationCanceledException>(() => trainer.Train(() => { }, ended.Token));
    }

    /// <summary>What was trained decides in the engine as it did in training: the same states, and what standardised them in the weights.</summary>
    [Fact]
    public async Task Scores_InTheEngine_AreThoseOfTraining()
    {
        int[][] prompts = [.. Enumerable.Range(0, 6).Select(i => Enumerable.Range(0, 3 + 5 * i).Select(j => 3 + (7 * i + j * j) % 4).ToArray())];
        PromptStates states = PromptStates.Read(_model.Path, prompts, CancellationToken.None);
        int[][] classes = [.. prompts.Select((_, i) => new[] { i % 2, 1 })];
        using RouterTrainer routers = new(states, new RouterOptions { Epochs = 3 }, seed: 1);
        routers.Train(states, classes, states, classes, seed: 1, () => { }, CancellationToken.None);
        Save(BottleneckRouter.FileName, routers.Tensors);
        Answer[] texts = [.. prompts.Select(prompt => new Answer("", [.. prompt, 3, 4, 5, 2], prompt.Length))];
        using GateTrainer gates = new(_model.Path, texts, 64, new GateOptions { Epochs = 2 });
        gates.Train(seed: 1, () => { }, CancellationToken.None);
        Save(GateRouter.FileName, gates.Tensors);

        using EvaluationModel model = Load();
        float[] expected = RouterVerdict.Of(routers.Predict(states)).Scores;
        float[][] open = gates.Predict(texts);
        for (int i = 0; i < prompts.Length; i++)
        {
            IReadOnlyList<float> learned = await ScoresAsync(model, prompts[i], "learned"), first = await ScoresAsync(model, prompts[i], "first");
            for (int layer = 0; layer < RandomModel.Layers; layer++)
            {
                Assert.Equal(expected[i * RandomModel.Layers + layer], learned[layer], 1e-3);
                Assert.Equal(GateRouter.Scores(open[i])[layer], first[layer], 0.02); // gates are trained in bfloat16
            }
        }
    }

    [Fact]
    public async Task Train_NothingIsRight_FailsAndLeavesNoFile()
    {
        _folder.Write("suite.jsonl", string.Join('\n', Enumerable.Range(0, Count).Select(i =>
            new JsonObject { ["prompt"] = TinyExamples.Prompt(i), ["answer"] = "never said" }.ToJsonString())));
        LabRun run = await TrainAsync("drllm", "--labels", _folder.File("labels.jsonl"), "--simulations", "1");
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("0 prompts have a correct path", run.ErrorLine, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_model.Path, BottleneckRouter.FileName)));
    }

    [Theory]
    [InlineData("--method", "any"), InlineData("--count", "3"), InlineData("--penalty", "-1")]
    public async Task Train_MeaninglessOptions_IsAUsageError(string option, string value)
    {
        string[] method = option == "--method" ? [] : ["--method", "drllm"];
        LabRun run = await LabRun.InvokeAsync(["train", "layer-routers", "--model", _model.Path, "--suite", "demo", "--out", _folder.Path, .. method, option, value]);
        Assert.Equal(ExitCode.Usage, run.Code);
    }

    private EvaluationModel Load() => EvaluationModel.Load(new TorchRunnerOptions { Model = _model.Path, Threads = 1 }, concurrency: 4);

    /// <summary>Prompts with what the model replies to them.</summary>
    private async Task WriteSuiteAsync()
    {
        using EvaluationModel model = Load();
        List<string> lines = [];
        for (int i = 0; lines.Count < Count; i++)
        {
            Sequence sequence = new(model.Tokenizer.Encode("<s>" + TinyExamples.Prompt(i), addSpecialTokens: false), new SamplingParams { Temperature = 0, MaxTokens = ReplyTokens });
            string reply = await ReplyWriter.RunAsync(model, sequence, null, TestContext.Current.CancellationToken);
            lines.Add(new JsonObject { ["prompt"] = TinyExamples.Prompt(i), ["answer"] = reply, ["checker"] = "contains", ["task"] = i % 2 == 0 ? "even" : "odd" }.ToJsonString());
        }

        _folder.Write("suite.jsonl", string.Join('\n', lines));
    }

    private async Task<string[]> CompareAsync(params string[] model)
    {
        LabRun run = await LabRun.InvokeAsync(["compare-routes", .. model, "--suite", _folder.File("suite.jsonl"), "--out", _folder.Path,
            "--router", "first", "--budget", "0.5", "--untimed", "--threads", "1"]);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        return [.. JsonNode.Parse(File.ReadAllText(_folder.File("routes.json")))!["points"]!.AsArray().Select(point => point!.ToJsonString())];
    }

    private Task<LabRun> TrainAsync(string method, params string[] options) => LabRun.InvokeAsync(
        ["train", "layer-routers", "--method", method, "--model", _model.Path, "--suite", _folder.File("suite.jsonl"), "--out", _model.Path, "--threads", "1", .. options]);

    private void Save(string name, Func<IReadOnlyList<(string Name, torch.Tensor Tensor)>> tensors)
    {
        using OutputFile file = RouterOutput.Create(_model.Path, name);
        RouterOutput.Write(file, tensors, new float[ScoreQuantiles.Count], ModelFingerprint.Of(_model.Path), "test");
        file.Commit();
    }

    private static async Task<IReadOnlyList<float>> ScoresAsync(EvaluationModel model, int[] prompt, string router)
    {
        Sequence sequence = new(prompt, new SamplingParams { Temperature = 0, MaxTokens = 2 })
        {
            Target = "routed",
            Routing = new RoutingOptions { Router = router },
        };
        Assert.Equal(SubmitResult.Accepted, model.Engine.Submit(sequence));
        while (await sequence.Output.WaitToReadAsync(TestContext.Current.CancellationToken)) sequence.Output.TryRead(out _);
        return sequence.RouteScores!;
    }
}
