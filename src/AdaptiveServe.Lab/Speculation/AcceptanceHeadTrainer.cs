using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Training.Optimization;
using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Compute;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>Trains the weights of an <see cref="AcceptanceHead"/>: weighted cross-entropy, the best pass by the loss on examples kept apart.</summary>
internal sealed class AcceptanceHeadTrainer : IDisposable
{
    private readonly AcceptanceHeadOptions _options;
    private readonly int _hidden;
    private readonly List<Tensor> _blockWeights = [], _blockBiases = [];
    private readonly Tensor _output, _outputBias;
    private readonly AdamW _optimizer;

    /// <param name="hidden">Width of the drafter's state.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Of the first weights and of the order.</param>
    public AcceptanceHeadTrainer(int hidden, AcceptanceHeadOptions options, int seed)
    {
        (_hidden, _options) = (hidden, options);
        using Generator generator = new((ulong)Holdout.Seed("acceptance head", seed));
        using Scalar scale = 1 / MathF.Sqrt(hidden);
        for (int i = 0; i < (options.ShareBlocks ? 1 : options.Blocks); i++)
        {
            _blockWeights.Add(Leaf(randn([hidden, hidden], generator: generator).mul_(scale)));
            _blockBiases.Add(Leaf(zeros(hidden)));
        }

        _output = Leaf(zeros(1, hidden + AcceptanceExamples.Extras));
        _outputBias = Leaf(zeros(1));
        _optimizer = new AdamW(Weights);
    }

    private IReadOnlyList<Tensor> Weights => [.. _blockWeights, .. _blockBiases, _output, _outputBias];

    /// <summary>Trains and keeps the weights of the best pass.</summary>
    /// <returns>The weighted loss on <paramref name="held"/> after each pass.</returns>
    public IReadOnlyList<double> Train(AcceptanceExamples examples, AcceptanceExamples held, int seed, Action<double> onProgress, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        Tensor states = States(examples), labels = tensor(examples.Labels);
        int count = examples.Labels.Length, perEpoch = (count + _options.BatchSize - 1) / _options.BatchSize, step = 0;
        LearningRate rate = new(_options.LearningRate);
        Random random = new(Holdout.Seed("order", seed));
        Tensor[] best = [];
        List<double> losses = [];
        for (int epoch = 0; epoch < _options.Epochs; epoch++)
        {
            long[] order = [.. Enumerable.Range(0, count).Select(i => (long)i)];
            random.Shuffle(order);
            foreach (long[] batch in order.Chunk(_options.BatchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                Tensor index = tensor(batch);
                Loss(states.index_select(0, index), labels.index_select(0, index)).backward();
                _optimizer.Step(rate.At((double)step / (perEpoch * _options.Epochs)), ++step);
                onProgress((double)step / (perEpoch * _options.Epochs));
            }

            using var noGrad = no_grad();
            using Tensor dev = Loss(States(held), tensor(held.Labels));
            losses.Add(dev.item<float>());
            if (losses[^1] > losses.Min()) continue;
            best = [.. Weights.Select(weight => weight.detach().clone())];
        }

        using var quiet = no_grad();
        foreach ((Tensor weight, Tensor kept) in Weights.Zip(best)) weight.copy_(kept);
        return losses;
    }

    /// <summary>Chances of acceptance, the weight of refusals taken out again.</summary>
    public float[] Predict(AcceptanceExamples examples)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using Scalar shift = Shift;
        return [.. Logits(States(examples)).Plus(shift).sigmoid().data<float>()];
    }

    /// <summary>The tensors of the file.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Tensors()
    {
        using var noGrad = no_grad();
        using Scalar shift = Shift;
        Tensor bias = cat([zeros(1), _outputBias.Plus(shift)]);
        List<(string, Tensor)> tensors = [];
        for (int i = 0; i < _blockWeights.Count; i++)
        {
            tensors.Add((AcceptanceHead.BlockWeight(i), _blockWeights[i]));
            tensors.Add((AcceptanceHead.BlockBias(i), _blockBiases[i]));
        }

        tensors.Add((AcceptanceHead.OutputWeight, cat([zeros_like(_output), _output])));
        tensors.Add((AcceptanceHead.OutputBias, bias));
        return tensors;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (Tensor weight in Weights) weight.Dispose();
    }

    /// <summary>
    /// Where refusals weigh w times as much, the best logit is too low by ln w. Added again, the head's output is a chance, which is what a
    /// threshold from costs needs.
    /// </summary>
    private float Shift => (float)Math.Log(_options.RejectWeight);

    private static Tensor States(AcceptanceExamples examples) => tensor(examples.States).view(-1, examples.Width);

    private Tensor Logits(Tensor states)
    {
        Tensor x = states.narrow(1, 0, _hidden), extras = states.narrow(1, _hidden, AcceptanceExamples.Extras);
        for (int i = 0; i < _options.Blocks; i++)
        {
            int stored = Math.Min(i, _blockWeights.Count - 1);
            x = x.Plus(nn.functional.silu(nn.functional.linear(x, _blockWeights[stored], _blockBiases[stored])));
        }

        return nn.functional.linear(cat([x, extras], 1), _output, _outputBias).squeeze(1);
    }

    private Tensor Loss(Tensor states, Tensor labels)
    {
        using Scalar reject = _options.RejectWeight, minusOne = -1, one = 1;
        Tensor logits = Logits(states), refused = labels.mul(minusOne).Plus(one).mul(reject);
        // ln(1 + e^x), written without the numbers that a softplus would be given
        Tensor accept = logits.neg().logaddexp(zeros_like(logits)), refuse = logits.logaddexp(zeros_like(logits));
        Tensor loss = (accept * labels).Plus(refuse * refused);
        return loss.sum() / labels.Plus(refused).sum();
    }

    private static Tensor Leaf(Tensor tensor)
    {
        tensor.DetachFromDisposeScope();
        tensor.requires_grad = true;
        return tensor;
    }
}
