using System.Globalization;
using System.Numerics.Tensors;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Adaptive;

/// <summary>
/// How probably the large model takes a token that the small one drafts, judged by the small model's last hidden state: residual blocks
/// x + silu(W x + b), then two logits, refused and accepted (SpecDec++, Huang et al. 2024, arXiv 2405.19715).
/// </summary>
/// <remarks>
/// The released code of the paper repeats one block, where the paper draws several: a file says <c>share_blocks</c>, and both work. It also
/// scores a token by the state that has read it, one forward later (<c>scores: last</c>); drafts that are a function of the state can be
/// scored before they are read (<c>scores: next</c>). The last layer may see the small model's entropy in nats and the log-probability of
/// its token beside the state: they are in the state already, but two layers cannot take a softmax over a vocabulary.
/// </remarks>
public sealed class AcceptanceHead
{
    /// <summary>Its place beside a large model.</summary>
    public const string FileName = "adaptive/acceptance-head.safetensors";

    /// <summary>Names in the file.</summary>
    internal const string OutputWeight = "output.weight", OutputBias = "output.bias";

    /// <summary>Keys of the file's metadata.</summary>
    internal const string Pair = "pair", Blocks = "blocks", ShareBlocks = "share_blocks", Scores = "scores", Temperature = "temperature";

    private const int MaxBlocks = 16;

    private readonly float[][] _weights, _biases;
    private readonly float[] _output;
    private readonly float _outputBias;
    private readonly int _hidden, _blocks, _extras;
    private readonly float[] _state, _next;

    private AcceptanceHead(SafetensorsFile file, int hidden)
    {
        _hidden = hidden;
        _blocks = int.TryParse(file.Metadata.GetValueOrDefault(Blocks), NumberStyles.None, CultureInfo.InvariantCulture, out int blocks)
            && blocks is >= 1 and <= MaxBlocks
            ? blocks
            : throw new ModelLoadException(file.Path, $"its metadata must say '{Blocks}', 1 to {MaxBlocks}");
        int stored = file.Metadata.GetValueOrDefault(ShareBlocks) == "true" ? 1 : _blocks;
        _weights = [.. Enumerable.Range(0, stored).Select(i => Read(file, BlockWeight(i), hidden, hidden))];
        _biases = [.. Enumerable.Range(0, stored).Select(i => Read(file, BlockBias(i), hidden))];
        _extras = file.Tensors.TryGetValue(OutputWeight, out SafetensorsTensor? tensor) && tensor.Shape is [_, var columns] && columns == hidden + 2 ? 2 : 0;
        float[] output = Read(file, OutputWeight, 2, hidden + _extras), bias = Read(file, OutputBias, 2);
        _output = new float[hidden + _extras]; // of a softmax over two only the difference counts
        TensorPrimitives.Subtract(output.AsSpan(_output.Length), output.AsSpan(0, _output.Length), _output);
        _outputBias = bias[1] - bias[0];
        ScoresLast = file.Metadata.GetValueOrDefault(Scores) == "last";
        (_state, _next) = (new float[hidden], new float[hidden]);
    }

    /// <summary>True when a score is of the token that the state has read last, false when it is of the one that is drafted from the state.</summary>
    public bool ScoresLast { get; }

    /// <summary>Reads the head of a pair.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hidden">Width of the small model's hidden state.</param>
    /// <param name="fingerprint">Of the pair (<see cref="ModelFingerprint"/>).</param>
    /// <exception cref="ModelLoadException">The file is unreadable, or of another pair.</exception>
    public static AcceptanceHead Load(string path, int hidden, string fingerprint)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        string pair = file.Metadata.GetValueOrDefault(Pair) ?? "";
        if (pair != fingerprint)
        {
            throw new ModelLoadException(path, "belongs to another pair of models than the two that are loaded: train one for these "
                + "(adaptiveserve-lab train acceptance-head), or take it away");
        }

        return new AcceptanceHead(file, hidden);
    }

    internal static string BlockWeight(int index) => $"blocks.{index}.weight";

    internal static string BlockBias(int index) => $"blocks.{index}.bias";

    /// <summary>The chance of acceptance, 0 to 1. One thread at a time.</summary>
    /// <param name="hidden">The small model's state after its final norm.</param>
    /// <param name="entropy">Of its distribution there, in nats.</param>
    /// <param name="logprob">Natural log-probability of its most likely token.</param>
    public float Score(ReadOnlySpan<float> hidden, float entropy, float logprob)
    {
        hidden.CopyTo(_state);
        for (int block = 0; block < _blocks; block++)
        {
            int stored = Math.Min(block, _weights.Length - 1);
            float[] weight = _weights[stored], bias = _biases[stored];
            for (int i = 0; i < _hidden; i++)
            {
                float sum = TensorPrimitives.Dot(weight.AsSpan(i * _hidden, _hidden), _state) + bias[i];
                _next[i] = _state[i] + sum / (1 + MathF.Exp(-sum));
            }

            _next.CopyTo(_state, 0);
        }

        float logit = TensorPrimitives.Dot(_output.AsSpan(0, _hidden), _state) + _outputBias;
        if (_extras > 0) logit += _output[_hidden] * entropy + _output[_hidden + 1] * logprob;
        return 1 / (1 + MathF.Exp(-logit));
    }

    private static float[] Read(SafetensorsFile file, string name, params ReadOnlySpan<int> shape) =>
        file.ReadFloats(name, ": the small model's state is that wide", shape);
}
