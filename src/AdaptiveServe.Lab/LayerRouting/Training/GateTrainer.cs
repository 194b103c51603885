using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Speculation;
using AdaptiveServe.Lab.Training.Optimization;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>
/// Trains the gates of a <see cref="GateRouter"/>, the model's weights kept as they are: cross-entropy of the model's own replies behind softly
/// gated layers, and a penalty on open gates (FiRST, Jain et al. 2024).
/// </summary>
/// <remarks>
/// As in serving, all layers run over a prompt, the gate of a layer is the mean over the prompt's tokens, and holds for all of the reply. A gated
/// layer adds gate * (what it would add) to the residual stream; the equation as it is printed in the paper has no gate left in it.
/// </remarks>
internal sealed class GateTrainer : IDisposable
{
    private readonly GateOptions _options;
    private readonly TrainableDecoder _decoder;
    private readonly Tensor _weights, _biases; // of standardised states: [layers, hidden], [layers]
    private readonly Tensor[] _mean, _scale;
    private readonly AdamW _optimizer;

    /// <param name="folder">The model.</param>
    /// <param name="texts">Prompts and replies, none longer than a row.</param>
    /// <param name="rowLength">Tokens of a row.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ModelLoadException">The model cannot be loaded.</exception>
    public GateTrainer(string folder, IReadOnlyList<Answer> texts, int rowLength, GateOptions options)
    {
        NativeTorch.Load();
        _options = options;
        ModelConfig config = ModelConfig.Load(folder);
        Texts = texts;
        _decoder = new TrainableDecoder(config, TrainableDecoder.Load(folder, config, CPU), rowLength, CPU);
        _decoder.Freeze();
        (_mean, _scale) = Standard();
        _weights = zeros([config.Layers, config.HiddenSize], requires_grad: true);
        using Scalar bias = options.FirstBias;
        _biases = full([config.Layers], bias, requires_grad: true);
        _optimizer = new AdamW([_weights, _biases]);
    }

    /// <summary>What is learned from.</summary>
    public IReadOnlyList<Answer> Texts { get; }

    /// <summary>Updates that there will be.</summary>
    public int Steps => _options.Epochs * Batches(Texts).Count();

    /// <param name="seed">Of the order.</param>
    /// <param name="onStep">Called after each update.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The mean cross-entropy of each pass, in nats.</returns>
    public IReadOnlyList<double> Train(int seed, Action onStep, CancellationToken cancellation)
    {
        LearningRate rate = new(_options.LearningRate);
        Random random = new(Holdout.Seed("gates", seed));
        List<double> losses = [];
        int step = 0, steps = Steps;
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            Answer[] order = [.. Texts];
            random.Shuffle(order);
            List<double> of = [];
            foreach (PackedTexts batch in Batches(order))
            {
                cancellation.ThrowIfCancellationRequested();
                of.Add(Backward(batch, order));
                _optimizer.Step(rate.At((double)step / steps), ++step);
                onStep();
            }

            losses.Add(of.Average());
        }

        return losses;
    }

    /// <summary>The gates of prompts: [texts][layers].</summary>
    public float[][] Predict(IReadOnlyList<Answer> texts)
    {
        using var noGrad = no_grad();
        float[][] gates = [.. texts.Select(_ => new float[_mean.Length])];
        foreach (PackedTexts batch in Batches(texts))
        {
            using var scope = NewDisposeScope();
            TextSegments segments = new(batch, texts);
            _decoder.ReadHidden(batch.Tokens, batch.Positions, (layer, hidden) =>
            {
                using var inner = NewDisposeScope();
                ReadOnlySpan<float> open = segments.Mean(Gate(layer, hidden)).data<float>().ToArray();
                for (int i = 0; i < batch.Texts.Count; i++) gates[batch.Texts[i].Text][layer] = open[i];
            });
        }

        return gates;
    }

    /// <summary>The tensors of the file, with what standardises the states in them.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Tensors()
    {
        using var noGrad = no_grad();
        Tensor weights = _weights * stack(_scale);
        return [(GateRouter.WeightName, weights), (GateRouter.BiasName, _biases - (weights * stack(_mean)).sum(1))];
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (Tensor tensor in (Tensor[])[_weights, _biases, .. _mean, .. _scale]) tensor.Dispose();
        _decoder.Dispose();
    }

    private float Backward(PackedTexts batch, IReadOnlyList<Answer> texts)
    {
        using var scope = NewDisposeScope();
        TextSegments segments = new(batch, texts);
        List<Tensor> gates = [];
        using Scalar weight = _options.Penalty;
        float entropy = 0;
        _decoder.RunGated(batch.Tokens, batch.Positions, segments.Rows, (layer, hidden) =>
        {
            Tensor open = segments.Mean(Gate(layer, hidden));
            gates.Add(open.mean());
            return segments.Spread(open);
        }, logits =>
        {
            Tensor loss = nn.functional.cross_entropy(logits, IndexTensor.Of(segments.Targets, CPU));
            loss.Plus(stack(gates.ToArray()).sum().mul(weight)).backward();
            entropy = loss.item<float>();
        });
        return entropy;
    }

    private Tensor Gate(int layer, Tensor hidden) =>
        ((hidden - _mean[layer]) * _scale[layer]).mv(_weights[layer]).Plus(_biases[layer]).sigmoid();

    private IEnumerable<PackedTexts> Batches(IReadOnlyList<Answer> texts) =>
        PackedTexts.Of([.. texts.Select(text => text.Tokens)], _decoder.RowLength, _options.Rows);

    /// <summary>Mean and 1 / deviation of the states of the first prompts.</summary>
    private (Tensor[] Mean, Tensor[] Scale) Standard()
    {
        using var noGrad = no_grad();
        int layers = _decoder.Config.Layers;
        Tensor[] means = new Tensor[layers], scales = new Tensor[layers];
        using Scalar tiny = 1e-5f;
        PackedTexts batch = Batches(Texts).First();
        using var scope = NewDisposeScope();
        TextSegments segments = new(batch, Texts);
        _decoder.ReadHidden(batch.Tokens, batch.Positions, (layer, hidden) =>
        {
            Tensor prompt = hidden.index_select(0, segments.Prompt), mean = prompt.mean([0]);
            means[layer] = mean.DetachFromDisposeScope();
            scales[layer] = (prompt - mean).square().mean([0]).Plus(tiny).rsqrt().DetachFromDisposeScope();
        });
        return (means, scales);
    }
}
