using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Training;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Running;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Training;

/// <summary>A decoder whose weights can be trained: the server's <see cref="Decoder"/> on a backend that records gradients.</summary>
/// <remarks>One thread. The weights are leaves that require gradients, in float32; products are computed in bfloat16.</remarks>
internal sealed class TrainableDecoder : IDisposable
{
    private readonly TrainingBackend _backend;
    private readonly Decoder _decoder;
    private readonly RaggedBatch _batch = new(blockSize: 1);

    /// <summary>Takes ownership of the weights.</summary>
    public TrainableDecoder(ModelConfig config, DecoderWeights weights, int rowLength, Device device, ScalarType compute = ScalarType.BFloat16)
    {
        Config = config;
        Weights = weights;
        RowLength = rowLength;
        _backend = new TrainingBackend(device, compute, rowLength);
        _decoder = new Decoder(
            config, _backend, weights, new RotaryTable(config, rowLength, device), new KvCache(config, 0, 1, compute, device));
        foreach (Tensor weight in Parameters) weight.requires_grad = true;
    }

    public ModelConfig Config { get; }

    public DecoderWeights Weights { get; }

    /// <summary>Tokens of a row; a batch is a multiple of it.</summary>
    public int RowLength { get; }

    /// <summary>What is added to the linear layers in the passes to come; null for nothing. It stays the caller's.</summary>
    public LowRankWeights? LowRank
    {
        get => _backend.LowRank;
        set => _backend.LowRank = value;
    }

    public IEnumerable<Tensor> Parameters => Weights.Linears().Select(linear => linear.Weight).Concat(Weights.Vectors());

    /// <summary>Reads a checkpoint's weights as float32.</summary>
    public static DecoderWeights Load(string directory, ModelConfig config, Device device)
    {
        NativeTorch.Load();
        using Checkpoint checkpoint = Checkpoint.Open(directory);
        return DecoderWeights.Load(config, checkpoint, new WeightTypes(ScalarType.Float32, ScalarType.Float32), device);
    }

    /// <summary>One forward and backward pass: adds the gradients of weight * (mean cross-entropy) to the parameters.</summary>
    /// <param name="tokens">[rows * RowLength].</param>
    /// <param name="positions">Of each token in its sequence; 0 begins one.</param>
    /// <param name="rows">Where the next token counts.</param>
    /// <param name="targets">That next token, for each of <paramref name="rows"/>.</param>
    /// <param name="layers">The layers to run, in order (layer-drop leaves some out).</param>
    /// <param name="weight">What the loss is multiplied with.</param>
    /// <returns>The mean cross-entropy in nats, before the multiplication.</returns>
    public float Backward(
        ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, ReadOnlySpan<int> rows, ReadOnlySpan<int> targets, ReadOnlySpan<int> layers, float weight)
    {
        _batch.FillUncached(tokens, positions);
        _decoder.Begin(_batch);
        try
        {
            foreach (int layer in layers) _decoder.RunLayer(layer);
            _decoder.Logits(rows, [], new LogitsResult());
            Tensor loss = nn.functional.cross_entropy(_backend.Scores, IndexTensor.Of(targets, _backend.Scores.device));
            using TorchSharp.Scalar factor = weight; // held until after the call
            loss.mul(factor).backward();
            return loss.item<float>();
        }
        finally
        {
            _decoder.End();
        }
    }

    /// <summary>A forward pass without gradients.</summary>
    /// <param name="tokens">[rows * RowLength].</param>
    /// <param name="positions">Of each token in its sequence; 0 begins one.</param>
    /// <param name="rows">Which tokens' states are wanted.</param>
    /// <param name="use">Gets their states after the final norm, [rows, hidden size], and their logits, [rows, vocabulary], while it runs.</param>
    public void Read(
        ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, ReadOnlySpan<int> rows, Action<Tensor, Tensor> use)
    {
        using var noGrad = no_grad();
        _batch.FillUncached(tokens, positions);
        _decoder.Begin(_batch);
        try
        {
            for (int layer = 0; layer < Config.Layers; layer++) _decoder.RunLayer(layer);
            _decoder.Logits(rows, [], new LogitsResult());
            use(TrainingBackend.Value(_decoder.States), _backend.Scores);
        }
        finally
        {
            _decoder.End();
        }
    }

    /// <summary>A forward pass without gradients that shows the residual stream.</summary>
    /// <param name="tokens">[rows * RowLength].</param>
    /// <param name="positions">Of each token in its sequence; 0 begins one.</param>
    /// <param name="use">Called before each layer with the layer and the stream, [tokens, hidden size].</param>
    public void ReadHidden(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, Action<int, Tensor> use)
    {
        using var noGrad = no_grad();
        _batch.FillUncached(tokens, positions);
        _decoder.Begin(_batch);
        try
        {
            for (int layer = 0; layer < Config.Layers; layer++)
            {
                use(layer, TrainingBackend.Value(_decoder.Hidden));
                _decoder.RunLayer(layer);
            }
        }
        finally
        {
            _decoder.End();
        }
    }

    /// <summary>
    /// A forward pass through gated layers, soft gates or hard: what a layer adds to the residual stream is multiplied by its gate.
    /// </summary>
    /// <param name="tokens">[rows * RowLength].</param>
    /// <param name="positions">Of each token in its sequence; 0 begins one.</param>
    /// <param name="rows">Which tokens' logits are wanted.</param>
    /// <param name="gate">Gives the gates of a layer, [tokens, 1], from the stream that goes into it, [tokens, hidden size].</param>
    /// <param name="use">Gets the logits, [rows, vocabulary], while the pass is on the graph: the place to go backward.</param>
    public void RunGated(
        ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, ReadOnlySpan<int> rows, Func<int, Tensor, Tensor> gate, Action<Tensor> use)
    {
        _batch.FillUncached(tokens, positions);
        _decoder.Begin(_batch);
        try
        {
            for (int layer = 0; layer < Config.Layers; layer++)
            {
                Tensor before = TrainingBackend.Value(_decoder.Hidden).alias(), open = gate(layer, before); // the buffer frees what it held
                _decoder.RunLayer(layer);
                Tensor added = TrainingBackend.Value(_decoder.Hidden) - before;
                TrainingBackend.SetValue(_decoder.Hidden, before.Plus(added * open));
            }

            _decoder.Logits(rows, [], new LogitsResult());
            use(_backend.Scores);
        }
        finally
        {
            _decoder.End();
        }
    }

    /// <summary>Keeps the weights as they are: passes give gradients only to what is not the decoder's.</summary>
    public void Freeze()
    {
        foreach (Tensor weight in Parameters) weight.requires_grad = false;
    }

    /// <summary>
    /// How much each layer changes the residual stream: 1 - cosine of its input and output, the mean over the tokens of one sequence
    /// (Men et al. 2024, ShortGPT's block influence).
    /// </summary>
    /// <param name="tokens">[RowLength].</param>
    public double[] LayerSensitivity(ReadOnlySpan<int> tokens)
    {
        using var noGrad = no_grad();
        _batch.FillUncached(tokens, [.. Enumerable.Range(0, tokens.Length)]);
        _decoder.Begin(_batch);
        try
        {
            var changes = new double[Config.Layers];
            for (int layer = 0; layer < changes.Length; layer++)
            {
                using Tensor before = TrainingBackend.Value(_decoder.Hidden).clone();
                _decoder.RunLayer(layer);
                using Tensor cosine = nn.functional.cosine_similarity(before, TrainingBackend.Value(_decoder.Hidden), 1).mean();
                changes[layer] = 1 - cosine.item<float>();
            }

            return changes;
        }
        finally
        {
            _decoder.End();
        }
    }

    public void Dispose() => _decoder.Dispose();
}
