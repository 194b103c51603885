using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using TorchSharp;

namespace AdaptiveServe.Torch.Models;

/// <summary>The weights of a decoder-only transformer of the Llama line (Llama, Mistral, Qwen2, Qwen3), read from a checkpoint.</summary>
/// <remarks>One map of names for all of them; their differences are in <see cref="ModelConfig"/>.</remarks>
internal sealed record DecoderWeights : IDisposable
{
    public required LinearWeight Embedding { get; init; }

    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    public required torch.Tensor FinalNorm { get; init; }

    /// <summary>The output projection; the embedding itself when they are tied.</summary>
    public required LinearWeight Head { get; init; }

    /// <summary>Reads all weights of a model folder.</summary>
    /// <param name="config">The model.</param>
    /// <param name="checkpoint">Its files.</param>
    /// <param name="types">How weights are held.</param>
    /// <param name="device">Where.</param>
    /// <param name="adapter">Is merged into them; null for none.</param>
    /// <param name="prepare">
    /// Takes each matrix into use as soon as it was read, before memory is reserved for the next one (<see cref="IComputeBackend.Prepare(LinearWeight)"/>).
    /// </param>
    /// <exception cref="ModelLoadException">Something is missing, surplus, or of another shape.</exception>
    public static DecoderWeights Load(
        ModelConfig config, Checkpoint checkpoint, WeightTypes types, torch.Device device, LoraAdapter? adapter = null,
        Action<LinearWeight>? prepare = null)
    {
        using var reader = new WeightReader(checkpoint, adapter);
        RequireAll(config, reader);
        return new WeightLoad(config, reader, types, device, prepare).Load();
    }

    /// <summary>Every linear layer and the embedding, each once.</summary>
    public IEnumerable<LinearWeight> Linears()
    {
        yield return Embedding;
        if (Head != Embedding) yield return Head;
        foreach (LayerWeights layer in Layers)
            foreach (LinearWeight weight in (LinearWeight[])[layer.Attention.QueryKeyValue, layer.Attention.Output, layer.GateUp, layer.Down])
                yield return weight;
    }

    /// <summary>Every norm weight and bias, each once.</summary>
    public IEnumerable<torch.Tensor> Vectors()
    {
        yield return FinalNorm;
        foreach (LinearWeight linear in Linears())
            if (linear.Bias is { } bias) yield return bias;
        foreach (LayerWeights layer in Layers)
            foreach (torch.Tensor? norm in (torch.Tensor?[])[layer.AttentionNorm, layer.MlpNorm, layer.Attention.QueryNorm, layer.Attention.KeyNorm])
                if (norm is not null) yield return norm;
    }

    /// <summary>How many numbers the weights are; a tied output projection is not counted again.</summary>
    public long CountParameters() =>
        Linears().Sum(linear => (long)linear.Outputs * linear.Inputs) + Vectors().Sum(vector => vector.numel());

    public void Dispose()
    {
        Embedding.Dispose();
        if (Head != Embedding) Head.Dispose();
        FinalNorm.Dispose();
        foreach (LayerWeights layer in Layers) layer.Dispose();
    }

    /// <summary>Checks names and shapes before memory is reserved: a wrong file fails at once, however large the model claims to be.</summary>
    private static void RequireAll(ModelConfig config, WeightReader reader)
    {
        foreach ((string name, long[] shape) in Names(config)) reader.Require(name, shape);
    }

    /// <summary>Names and shapes of the weights that every model has.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Names(ModelConfig config)
    {
        long hidden = config.HiddenSize, queries = (long)config.AttentionHeads * config.HeadDim;
        long keys = (long)config.KeyValueHeads * config.HeadDim, intermediate = config.IntermediateSize;
        yield return ("model.embed_tokens.weight", [config.VocabularySize, hidden]);
        yield return ("model.norm.weight", [hidden]);
        if (!config.TieWordEmbeddings) yield return ("lm_head.weight", [config.VocabularySize, hidden]);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            yield return (prefix + "input_layernorm.weight", [hidden]);
            yield return (prefix + "post_attention_layernorm.weight", [hidden]);
            yield return (prefix + "self_attn.q_proj.weight", [queries, hidden]);
            yield return (prefix + "self_attn.k_proj.weight", [keys, hidden]);
            yield return (prefix + "self_attn.v_proj.weight", [keys, hidden]);
            yield return (prefix + "self_attn.o_proj.weight", [hidden, queries]);
            yield return (prefix + "mlp.gate_proj.weight", [intermediate, hidden]);
            yield return (prefix + "mlp.up_proj.weight", [intermediate, hidden]);
            yield return (prefix + "mlp.down_proj.weight", [hidden, intermediate]);
        }
    }
}
