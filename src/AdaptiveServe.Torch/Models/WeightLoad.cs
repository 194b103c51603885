using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using TorchSharp;

namespace AdaptiveServe.Torch.Models;

/// <summary>How weights are held.</summary>
internal readonly record struct WeightTypes(torch.ScalarType Matrices, torch.ScalarType Vectors);

/// <summary>One loading of a decoder's weights. Projections that read the same input are held as one matrix.</summary>
internal sealed class WeightLoad(
    ModelConfig config, WeightReader reader, WeightTypes types, torch.Device device, Action<LinearWeight>? prepare)
{
    private readonly long _queries = (long)config.AttentionHeads * config.HeadDim;
    private readonly long _keys = (long)config.KeyValueHeads * config.HeadDim;

    public DecoderWeights Load()
    {
        // On failure the scope frees what was read so far; on success the tensors leave it.
        using var scope = torch.NewDisposeScope();
        LinearWeight embedding = Linear(["model.embed_tokens.weight"], [config.VocabularySize], config.HiddenSize, hasBias: false);
        // The largest come first: a matrix is held twice while it is prepared, which shows least when little else is held.
        LinearWeight head = config.TieWordEmbeddings
            ? embedding
            : Linear(["lm_head.weight"], [config.VocabularySize], config.HiddenSize, hasBias: false);
        var weights = new DecoderWeights
        {
            Embedding = embedding,
            Layers = [.. Enumerable.Range(0, config.Layers).Select(Layer)],
            FinalNorm = Vector("model.norm.weight", config.HiddenSize),
            Head = head,
        };
        reader.EnsureAllRead(config.TieWordEmbeddings);
        scope.Detach(scope.DisposablesView.ToList());
        return weights;
    }

    private LayerWeights Layer(int layer)
    {
        string prefix = $"model.layers.{layer}.", attention = prefix + "self_attn.", mlp = prefix + "mlp.";
        return new LayerWeights
        {
            AttentionNorm = Vector(prefix + "input_layernorm.weight", config.HiddenSize),
            MlpNorm = Vector(prefix + "post_attention_layernorm.weight", config.HiddenSize),
            Attention = new AttentionWeights(
                config.AttentionHeads, config.KeyValueHeads, config.HeadDim, config.SlidingWindowFor(layer), (float)config.RmsNormEpsilon)
            {
                QueryKeyValue = Linear(
                    [attention + "q_proj.weight", attention + "k_proj.weight", attention + "v_proj.weight"],
                    [_queries, _keys, _keys], config.HiddenSize, config.AttentionBias),
                Output = Linear([attention + "o_proj.weight"], [config.HiddenSize], _queries, config.AttentionOutputBias),
                QueryNorm = config.QueryKeyNorm ? Vector(attention + "q_norm.weight", config.HeadDim) : null,
                KeyNorm = config.QueryKeyNorm ? Vector(attention + "k_norm.weight", config.HeadDim) : null,
            },
            GateUp = Linear(
                [mlp + "gate_proj.weight", mlp + "up_proj.weight"],
                [config.IntermediateSize, config.IntermediateSize], config.HiddenSize, config.MlpBias),
            Down = Linear([mlp + "down_proj.weight"], [config.HiddenSize], config.IntermediateSize, config.MlpBias),
        };
    }

    private torch.Tensor Vector(string name, long length) => reader.Read(name, [length], types.Vectors, device);

    private LinearWeight Linear(ReadOnlySpan<string> names, ReadOnlySpan<long> outputs, long inputs, bool hasBias)
    {
        long total = 0;
        foreach (long count in outputs) total += count;
        torch.Tensor weight = torch.empty([total, inputs], types.Matrices, device);
        torch.Tensor? bias = hasBias ? torch.empty([total], types.Vectors, device) : null;
        long row = 0;
        for (int i = 0; i < names.Length; i++)
        {
            using torch.Tensor part = weight.narrow(0, row, outputs[i]);
            reader.ReadInto(names[i], [outputs[i], inputs], part);
            if (bias is not null)
            {
                using torch.Tensor biasPart = bias.narrow(0, row, outputs[i]);
                reader.ReadInto(names[i][..^"weight".Length] + "bias", [outputs[i]], biasPart);
            }

            row += outputs[i];
        }

        var linear = new LinearWeight(weight, bias);
        prepare?.Invoke(linear);
        return linear;
    }
}
