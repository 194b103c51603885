using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Tests.Loading;

namespace AdaptiveServe.Torch.Tests.Models;

/// <summary>A model folder with random weights of a family, and the same weights for the oracle.</summary>
internal sealed class TinyModel : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, double[]> _weights = [];

    /// <param name="config">A configuration as JSON.</param>
    /// <param name="dtype">F32, BF16 or F16: how the file holds the weights; the oracle sees the rounded values.</param>
    /// <param name="seed">Of the weights.</param>
    public TinyModel(string config, string dtype = "F32", int seed = 1)
    {
        _folder.Write("config.json", config);
        Config = ModelConfig.Load(_folder.Path);
        var random = new Random(seed);
        var tensors = new List<(string Name, string Dtype, long[] Shape, byte[] Data)>();
        foreach ((string name, long[] shape) in Shapes())
        {
            long inputs = shape.Length == 2 ? shape[1] : 1;
            bool isNorm = name.EndsWith("norm.weight", StringComparison.Ordinal);
            double scale = shape.Length == 2 ? 1.5 / Math.Sqrt(inputs) : 0.3;
            float[] values = [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b))
                .Select(_ => Round((float)((isNorm ? 1 : 0) + scale * (2 * random.NextDouble() - 1)), dtype))];
            _weights[name] = Array.ConvertAll(values, value => (double)value);
            tensors.Add((name, dtype, shape, Encode(values, dtype)));
        }

        SafetensorsWriter.Write(_folder.File("model.safetensors"), tensors);
    }

    public string Folder => _folder.Path;

    public ModelConfig Config { get; }

    /// <summary>The weight's elements; a bias that the model lacks is empty.</summary>
    public double[] this[string name] => _weights.GetValueOrDefault(name, []);

    /// <summary>Adds to a weight as the oracle has it; the file stays.</summary>
    public void Add(string name, double[] delta) => _weights[name] = [.. _weights[name].Zip(delta, (weight, more) => weight + more)];

    public void Dispose() => _folder.Dispose();

    private IEnumerable<(string Name, long[] Shape)> Shapes()
    {
        long hidden = Config.HiddenSize, ffn = Config.IntermediateSize, head = Config.HeadDim;
        long queries = Config.AttentionHeads * head, keys = Config.KeyValueHeads * head;
        yield return ("model.embed_tokens.weight", [Config.VocabularySize, hidden]);
        yield return ("model.norm.weight", [hidden]);
        if (!Config.TieWordEmbeddings) yield return ("lm_head.weight", [Config.VocabularySize, hidden]);
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            string attention = $"model.layers.{layer}.self_attn.", mlp = $"model.layers.{layer}.mlp.";
            yield return ($"model.layers.{layer}.input_layernorm.weight", [hidden]);
            yield return ($"model.layers.{layer}.post_attention_layernorm.weight", [hidden]);
            foreach ((string name, long outputs) in new[] { ("q", queries), ("k", keys), ("v", keys) })
            {
                yield return ($"{attention}{name}_proj.weight", [outputs, hidden]);
                if (Config.AttentionBias) yield return ($"{attention}{name}_proj.bias", [outputs]);
            }

            yield return (attention + "o_proj.weight", [hidden, queries]);
            if (Config.AttentionOutputBias) yield return (attention + "o_proj.bias", [hidden]);
            if (Config.QueryKeyNorm)
            {
                yield return (attention + "q_norm.weight", [head]);
                yield return (attention + "k_norm.weight", [head]);
            }

            foreach ((string name, long outputs, long inputs) in new[] { ("gate", ffn, hidden), ("up", ffn, hidden), ("down", hidden, ffn) })
            {
                yield return ($"{mlp}{name}_proj.weight", [outputs, inputs]);
                if (Config.MlpBias) yield return ($"{mlp}{name}_proj.bias", [outputs]);
            }
        }
    }

    private static float Round(float value, string dtype) => dtype switch
    {
        "BF16" => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000),
        "F16" => (float)(Half)value,
        _ => value,
    };

    private static byte[] Encode(float[] values, string dtype) => dtype switch
    {
        "BF16" => [.. values.SelectMany(value => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)))],
        "F16" => [.. values.SelectMany(value => BitConverter.GetBytes((Half)value))],
        _ => SafetensorsWriter.Bytes(values),
    };
}
