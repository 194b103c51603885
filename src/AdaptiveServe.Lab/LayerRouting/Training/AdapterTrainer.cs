using System.Runtime.InteropServices;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Speculation;
using AdaptiveServe.Lab.Training.Optimization;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>
/// Trains low-rank additions to all linear layers of a model for the routes of a <see cref="GateRouter"/>, which stays as it is: the second phase of
/// FiRST (Jain et al. 2024).
/// </summary>
/// <remarks>
/// As in serving, all layers run over a prompt, and behind it those that the router chooses. Each text has a budget of its own, a new one in each pass, so
/// that one adapter serves all budgets; some run whole. The router sees the adapted model's states, and the scores' quantiles are taken anew before each
/// pass.
/// </remarks>
internal sealed class AdapterTrainer : IDisposable
{
    private readonly GateRouter _router;
    private readonly AdapterOptions _options;
    private readonly TrainableDecoder _decoder;
    private readonly IReadOnlyList<Answer> _texts;
    private readonly AdamW _optimizer;
    private readonly int _seed;

    /// <param name="folder">The model.</param>
    /// <param name="router">Its gates.</param>
    /// <param name="texts">Prompts and replies; none longer than a row.</param>
    /// <param name="rowLength">Tokens of a row.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Of the first weights, the order and the budgets.</param>
    /// <exception cref="ModelLoadException">The model cannot be loaded.</exception>
    public AdapterTrainer(string folder, GateRouter router, IReadOnlyList<Answer> texts, int rowLength, AdapterOptions options, int seed)
    {
        (_router, _texts, _options, _seed) = (router, texts, options, seed);
        ModelConfig config = ModelConfig.Load(folder);
        _decoder = new TrainableDecoder(config, TrainableDecoder.Load(folder, config, CPU), rowLength, CPU);
        _decoder.Freeze();
        Weights = new LowRankWeights(config, _decoder.Weights, options.Rank, alpha: 2 * options.Rank, Holdout.Seed("adapter", seed));
        _decoder.LowRank = Weights;
        _optimizer = new AdamW(Weights.Parameters);
    }

    public LowRankWeights Weights { get; }

    /// <summary>Passes that are done; may be set when a training goes on.</summary>
    public int Epoch { get; set; }

    /// <summary>Updates that were made.</summary>
    public int Step { get; set; }

    /// <summary>All tensors of a training that is to go on.</summary>
    public IReadOnlyList<Tensor> State => [.. Weights.Parameters, .. _optimizer.State];

    /// <summary>Updates of a pass, about: how many rows the texts fill depends on their order.</summary>
    public int StepsOfPass => Batches(_texts).Count();

    /// <summary>One pass over the texts.</summary>
    /// <param name="onStep">Called after each update.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The mean loss in nats.</returns>
    public double Train(Action onStep, CancellationToken cancellation)
    {
        Random random = new(Holdout.Seed($"adapter {Epoch}", _seed));
        Answer[] order = [.. _texts];
        random.Shuffle(order);
        float[][] scores = Scores(order);
        ScoreQuantiles quantiles = new(Quantiles(order, scores));
        int[][] routes = [.. scores.Select(of => GateRouter.Route(of, quantiles.Threshold(Budget(random))))];
        LearningRate rate = new(_options.LearningRate);
        PackedTexts[] batches = [.. Batches(order)];
        List<double> losses = [];
        for (int i = 0; i < batches.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            losses.Add(Backward(batches[i], order, routes));
            _optimizer.Step(rate.At((Epoch + (double)i / batches.Length) / _options.Epochs), ++Step);
            onStep();
        }

        Epoch++;
        return losses.Average();
    }

    /// <summary>The router's scores of prompts as the adapted model has them: [texts][layers].</summary>
    public float[][] Scores(IReadOnlyList<Answer> texts)
    {
        float[][] scores = new float[texts.Count][];
        foreach (PackedTexts batch in Batches(texts))
        {
            IPromptReading[] readings = [.. batch.Texts.Select(place => _router.Begin(texts[place.Text].PromptLength))];
            _decoder.ReadHidden(batch.Tokens, batch.Positions, (layer, hidden) =>
            {
                ReadOnlySpan<float> states = MemoryMarshal.Cast<byte, float>(hidden.bytes);
                int width = _decoder.Config.HiddenSize;
                for (int i = 0; i < readings.Length; i++)
                {
                    (int text, int start) = batch.Texts[i];
                    readings[i].Observe(layer, 0, states.Slice(start * width, texts[text].PromptLength * width));
                }
            });
            for (int i = 0; i < readings.Length; i++) scores[batch.Texts[i].Text] = readings[i].Decide(new RoutingOptions(), maxRepeats: 0).Scores;
        }

        return scores;
    }

    /// <summary>The table of a router's budgets (<see cref="ScoreQuantiles"/>).</summary>
    public static float[] Quantiles(IReadOnlyList<Answer> texts, float[][] scores) =>
        ScoreQuantiles.Of(scores.Zip(texts).SelectMany(pair => pair.First.Select(score => (score, (double)pair.Second.Count))));

    /// <summary>Cross-entropy of replies along their routes, in nats a token.</summary>
    /// <param name="texts">With their replies.</param>
    /// <param name="routes">For each the layers that run.</param>
    public double Loss(IReadOnlyList<Answer> texts, int[][] routes)
    {
        using var noGrad = no_grad();
        double sum = 0;
        foreach (PackedTexts batch in Batches(texts))
        {
            using var scope = NewDisposeScope();
            TextSegments segments = new(batch, texts);
            Run(batch, segments, routes, logits =>
                sum += segments.Rows.Length * (double)nn.functional.cross_entropy(logits, IndexTensor.Of(segments.Targets, CPU)).item<float>());
        }

        return sum / texts.Sum(text => text.Count);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        Weights.Dispose();
        _decoder.Dispose();
    }

    private double Budget(Random random) =>
        random.NextDouble() < _options.WholeShare ? 1 : _options.LeastBudget + (1 - _options.LeastBudget) * random.NextDouble();

    private float Backward(PackedTexts batch, IReadOnlyList<Answer> texts, int[][] routes)
    {
        using var scope = NewDisposeScope();
        TextSegments segments = new(batch, texts);
        using Scalar soft = _options.Distillation, hard = 1 - _options.Distillation;
        Tensor? teacher = _options.Distillation > 0 ? Whole(batch, segments) : null;
        float value = 0;
        Run(batch, segments, routes, logits =>
        {
            Tensor loss = nn.functional.cross_entropy(logits, IndexTensor.Of(segments.Targets, CPU)).mul(hard);
            if (teacher is not null) loss = loss.Plus((teacher * nn.functional.log_softmax(logits, 1)).sum(1).mean().neg().mul(soft));
            loss.backward();
            value = loss.item<float>();
        });
        return value;
    }

    /// <summary>The probabilities of the whole model as it was: [rows, vocabulary].</summary>
    private Tensor Whole(PackedTexts batch, TextSegments segments)
    {
        Tensor probabilities = null!;
        _decoder.LowRank = null;
        _decoder.Read(batch.Tokens, batch.Positions, segments.Rows, (_, logits) => probabilities = logits.softmax(1).MoveToOuterDisposeScope());
        _decoder.LowRank = Weights;
        return probabilities;
    }

    private void Run(PackedTexts batch, TextSegments segments, int[][] routes, Action<Tensor> use)
    {
        Tensor[] open = [.. Enumerable.Range(0, _decoder.Config.Layers).Select(layer =>
            segments.Spread(tensor(batch.Texts.Select(place => routes[place.Text].Contains(layer) ? 1f : 0).ToArray())))];
        _decoder.RunGated(batch.Tokens, batch.Positions, segments.Rows, (layer, _) => open[layer], use);
    }

    private IEnumerable<PackedTexts> Batches(IReadOnlyList<Answer> texts) =>
        PackedTexts.Of([.. texts.Select(text => text.Tokens)], _decoder.RowLength, _options.Rows);
}
