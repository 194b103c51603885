using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Training.Optimization;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Routing;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>Trains the networks of a <see cref="BottleneckRouter"/>: focal loss with classes weighed by their effective numbers.</summary>
/// <remarks>
/// What they see is standardised here, and that is folded into the first weights when they are saved. The states are those of the whole model,
/// which the server shows them too: no decision changes what another network sees, so nothing has to be forced.
/// </remarks>
internal sealed class RouterTrainer : IDisposable
{
    private const double MostWeight = 10;

    private readonly RouterOptions _options;
    private readonly int _layers, _hidden;
    private readonly Tensor[] _down, _downBias, _up, _upBias;
    private readonly Tensor[] _mean, _scale;
    private readonly AdamW _optimizer;

    /// <param name="learned">What they learn from.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Of the first weights and of the order.</param>
    public RouterTrainer(PromptStates learned, RouterOptions options, int seed)
    {
        (_options, _layers, _hidden) = (options, learned.Layers, learned.Width);
        using Generator generator = new((ulong)Holdout.Seed("layer routers", seed));
        _down = [.. Each(() => Xavier(BottleneckRouter.Width, _hidden, generator))];
        _downBias = [.. Each(() => Leaf(zeros(BottleneckRouter.Width)))];
        _up = [.. Each(() => Xavier(BottleneckNetwork.Classes, BottleneckRouter.Width, generator))];
        _upBias = [.. Each(() => Leaf(zeros(BottleneckNetwork.Classes)))];
        (_mean, _scale) = Standard(learned);
        _optimizer = new AdamW(Weights);
    }

    private Tensor[] Weights => [.. _down, .. _downBias, .. _up, .. _upBias];

    /// <summary>Trains and keeps the weights of the best pass.</summary>
    /// <param name="learned">Windows of the prompts.</param>
    /// <param name="classes">[prompts][layers].</param>
    /// <param name="held">Windows of prompts kept apart.</param>
    /// <param name="heldClasses">Their classes.</param>
    /// <param name="seed">Of the order.</param>
    /// <param name="onEpoch">Called after each pass.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The loss on the held prompts after each pass.</returns>
    public IReadOnlyList<double> Train(
        PromptStates learned, int[][] classes, PromptStates held, int[][] heldClasses, int seed, Action onEpoch, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        Batch all = Load(learned, classes), apart = Load(held, heldClasses);
        Tensor weights = tensor(ClassWeights(classes, _options.Beta));
        LearningRate rate = new(_options.LearningRate);
        Random random = new(Holdout.Seed("order", seed));
        int count = classes.Length, perEpoch = (count + _options.BatchSize - 1) / _options.BatchSize, step = 0;
        Tensor[] best = [];
        List<double> losses = [];
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            long[] order = [.. Enumerable.Range(0, count).Select(i => (long)i)];
            random.Shuffle(order);
            foreach (long[] some in order.Chunk(_options.BatchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                Tensor index = tensor(some);
                Loss(all.At(index), weights).backward();
                float now = rate.At((double)step / (perEpoch * _options.Epochs));
                Decay(now);
                _optimizer.Step(now, ++step);
            }

            using (no_grad())
            using (Tensor loss = Loss(apart, weights)) losses.Add(loss.item<float>());
            onEpoch();
            if (losses[^1] > losses.Min()) continue;
            foreach (Tensor old in best) old.Dispose();
            best = [.. Weights.Select(weight => weight.detach().clone())];
        }

        using var quiet = no_grad();
        foreach ((Tensor weight, Tensor kept) in Weights.Zip(best)) weight.copy_(kept);
        return losses;
    }

    /// <summary>The routers' logits, the mean over the windows: [prompts, layers, classes].</summary>
    public float[] Predict(PromptStates states)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Batch batch = Load(states, [.. states.Windows.Select(_ => new int[_layers])]);
        return [.. Logits(batch).contiguous().data<float>()];
    }

    /// <summary>The tensors of the file, with what standardises the states in them.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Tensors()
    {
        using var noGrad = no_grad();
        List<(string, Tensor)> tensors = [];
        for (int layer = 0; layer < _layers; layer++)
        {
            Tensor down = _down[layer] * _scale[layer];
            tensors.Add((BottleneckRouter.DownWeight(layer), down));
            tensors.Add((BottleneckRouter.DownBias(layer), _downBias[layer] - down.mv(_mean[layer])));
            tensors.Add((BottleneckRouter.UpWeight(layer), _up[layer]));
            tensors.Add((BottleneckRouter.UpBias(layer), _upBias[layer]));
        }

        return tensors;
    }

    /// <summary>
    /// (1 - beta) / (1 - beta^n) of each class, scaled to a mean of 1 over the classes that occur; 0 for the others. None is more than ten
    /// times the least: a class that occurs once in thousands would be nearly all of the loss.
    /// </summary>
    public static float[] ClassWeights(IEnumerable<int[]> classes, double beta)
    {
        int[] counts = new int[BottleneckNetwork.Classes];
        foreach (int found in classes.SelectMany(prompt => prompt)) counts[found]++;
        double[] weights = [.. counts.Select(count => count == 0 ? 0 : (1 - beta) / (1 - Math.Pow(beta, count)))];
        double least = weights.Where(weight => weight > 0).Min();
        weights = [.. weights.Select(weight => Math.Min(weight, MostWeight * least))];
        double mean = weights.Where(weight => weight > 0).Average();
        return [.. weights.Select(weight => (float)(weight / mean))];
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (Tensor tensor in (Tensor[])[.. Weights, .. _mean, .. _scale]) tensor.Dispose();
    }

    private Batch Load(PromptStates states, int[][] classes)
    {
        int prompts = states.Windows.Length;
        float[] shares = new float[prompts * PromptWindows.MaxCount];
        for (int i = 0; i < prompts; i++) shares.AsSpan(i * PromptWindows.MaxCount, states.Windows[i]).Fill(1f / states.Windows[i]);
        return new Batch(
            tensor(states.Values).view(prompts, _layers, PromptWindows.MaxCount, _hidden), tensor(shares).view(prompts, PromptWindows.MaxCount, 1),
            tensor(classes.SelectMany(prompt => prompt).Select(found => (long)found).ToArray()).view(prompts, _layers));
    }

    /// <summary>[prompts, layers, classes].</summary>
    private Tensor Logits(Batch batch)
    {
        using Scalar half = 0.5f, one = 1f, cubic = 0.044715f, factor = MathF.Sqrt(2 / MathF.PI);
        Tensor[] logits = new Tensor[_layers];
        for (int layer = 0; layer < _layers; layer++)
        {
            Tensor states = (batch.Windows.select(1, layer) - _mean[layer]) * _scale[layer];
            Tensor x = nn.functional.linear(states, _down[layer], _downBias[layer]);
            Tensor inner = (x * x * x).mul(cubic).Plus(x).mul(factor).tanh().Plus(one).mul(half) * x; // GELU by tanh
            logits[layer] = (nn.functional.linear(inner, _up[layer], _upBias[layer]) * batch.Shares).sum(1);
        }

        return stack(logits, 1);
    }

    private Tensor Loss(Batch batch, Tensor weights)
    {
        using Scalar one = 1f, focus = _options.Focus;
        Tensor classes = batch.Classes.reshape(-1);
        Tensor logprobs = Logits(batch).reshape(-1, BottleneckNetwork.Classes).log_softmax(1).gather(1, classes.unsqueeze(1)).squeeze(1);
        Tensor doubt = logprobs.exp().neg().Plus(one).pow(focus);
        return (doubt * logprobs * weights.index_select(0, classes)).mean().neg();
    }

    private void Decay(float rate)
    {
        using var noGrad = no_grad();
        using Scalar kept = 1 - rate * _options.WeightDecay;
        foreach (Tensor weight in (Tensor[])[.. _down, .. _up]) weight.mul_(kept);
    }

    private static (Tensor[] Mean, Tensor[] Scale) Standard(PromptStates states)
    {
        Tensor[] means = new Tensor[states.Layers], scales = new Tensor[states.Layers];
        using Scalar tiny = 1e-5f;
        for (int layer = 0; layer < states.Layers; layer++)
        {
            using var scope = NewDisposeScope();
            List<float> rows = [];
            for (int prompt = 0; prompt < states.Windows.Length; prompt++)
            {
                int from = (prompt * states.Layers + layer) * states.Stride;
                rows.AddRange(states.Values.AsSpan(from, states.Windows[prompt] * states.Width));
            }

            Tensor all = tensor(rows.ToArray()).view(-1, states.Width);
            means[layer] = all.mean([0]).DetachFromDisposeScope();
            scales[layer] = ((all - means[layer]).square().mean([0]).Plus(tiny)).rsqrt().DetachFromDisposeScope();
        }

        return (means, scales);
    }

    private IEnumerable<Tensor> Each(Func<Tensor> create) => Enumerable.Range(0, _layers).Select(_ => create());

    private static Tensor Xavier(int outputs, int inputs, Generator generator)
    {
        using Scalar twice = 2 * MathF.Sqrt(6f / (outputs + inputs)), half = 0.5f;
        return Leaf(rand([outputs, inputs], generator: generator).sub(half).mul(twice));
    }

    private static Tensor Leaf(Tensor tensor)
    {
        tensor.DetachFromDisposeScope();
        tensor.requires_grad = true;
        return tensor;
    }

    /// <summary>Windows [prompts, layers, windows, hidden], their shares [prompts, windows, 1] and classes [prompts, layers].</summary>
    private sealed record Batch(Tensor Windows, Tensor Shares, Tensor Classes)
    {
        public Batch At(Tensor index) => new(Windows.index_select(0, index), Shares.index_select(0, index), Classes.index_select(0, index));
    }
}
