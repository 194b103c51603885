using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>The weights of a model under llama.cpp's names and in its order of rows.</summary>
internal sealed class ModelTensors(ModelConfig config, Checkpoint checkpoint, GgufDtype dtype, List<string> notes)
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly List<GgufTensor> _tensors = [];
    private int _unevenMatrices;

    /// <summary>All tensors of the file. Nothing but names, shapes and types is read of them.</summary>
    /// <exception cref="ModelLoadException">A weight is missing, surplus, or of another shape.</exception>
    public IReadOnlyList<GgufTensor> List()
    {
        AddMatrix("token_embd.weight", "model.embed_tokens.weight", config.VocabularySize, config.HiddenSize);
        for (int layer = 0; layer < config.Layers; layer++) AddLayer($"blk.{layer}.", $"model.layers.{layer}.");
        AddVector("output_norm.weight", "model.norm.weight", config.HiddenSize);
        if (!config.TieWordEmbeddings) AddMatrix("output.weight", "lm_head.weight", config.VocabularySize, config.HiddenSize);
        if (config.RopeScaling.Kind == RopeKind.Llama3)
            _tensors.Add(new GgufTensor("rope_freqs.weight", new FixedRow(RopeMetadata.Divisors(config)), GgufDtype.F32, IsMatrix: false));
        WeightRules.EnsureNoOthers(checkpoint, _used, config.TieWordEmbeddings);
        if (_unevenMatrices > 0)
            notes.Add($"{_unevenMatrices} matrices are stored as {GgufDtype.F16}: "
                + $"their rows are no multiple of {dtype.BlockElements} elements, which {dtype} needs");
        return _tensors;
    }

    private void AddLayer(string to, string from)
    {
        int hidden = config.HiddenSize, queries = config.AttentionHeads * config.HeadDim, keys = config.KeyValueHeads * config.HeadDim;
        string attention = from + "self_attn.", mlp = from + "mlp.";
        AddVector(to + "attn_norm.weight", from + "input_layernorm.weight", hidden);
        AddLinear(to + "attn_q", attention + "q_proj", queries, hidden, config.AttentionBias, isRotated: true);
        AddLinear(to + "attn_k", attention + "k_proj", keys, hidden, config.AttentionBias, isRotated: true);
        AddLinear(to + "attn_v", attention + "v_proj", keys, hidden, config.AttentionBias);
        AddLinear(to + "attn_output", attention + "o_proj", hidden, queries, config.AttentionOutputBias);
        if (config.QueryKeyNorm)
        {
            AddVector(to + "attn_q_norm.weight", attention + "q_norm.weight", config.HeadDim);
            AddVector(to + "attn_k_norm.weight", attention + "k_norm.weight", config.HeadDim);
        }

        AddVector(to + "ffn_norm.weight", from + "post_attention_layernorm.weight", hidden);
        AddLinear(to + "ffn_gate", mlp + "gate_proj", config.IntermediateSize, hidden, config.MlpBias);
        AddLinear(to + "ffn_up", mlp + "up_proj", config.IntermediateSize, hidden, config.MlpBias);
        AddLinear(to + "ffn_down", mlp + "down_proj", hidden, config.IntermediateSize, config.MlpBias);
    }

    private void AddLinear(string to, string from, int outputs, int inputs, bool hasBias, bool isRotated = false)
    {
        isRotated &= LlamaCppArchitecture.RotatesNeighbours(config);
        AddMatrix(to + ".weight", from + ".weight", outputs, inputs, isRotated);
        if (!hasBias) return;
        ITensorRows bias = Find(from + ".bias", [outputs], outputs, 1);
        _tensors.Add(new GgufTensor(to + ".bias", InOrder(bias, isRotated), GgufDtype.F32, IsMatrix: false));
    }

    private void AddMatrix(string to, string from, int outputs, int inputs, bool isRotated = false)
    {
        bool isUneven = inputs % dtype.BlockElements != 0;
        if (isUneven) _unevenMatrices++;
        ITensorRows rows = InOrder(Find(from, [outputs, inputs], outputs, inputs), isRotated);
        _tensors.Add(new GgufTensor(to, rows, isUneven ? GgufDtype.F16 : dtype, IsMatrix: true));
    }

    private void AddVector(string to, string from, int length) =>
        _tensors.Add(new GgufTensor(to, Find(from, [length], 1, length), GgufDtype.F32, IsMatrix: false));

    private ITensorRows InOrder(ITensorRows rows, bool isRotated) => isRotated ? new RotaryRows(rows, config.HeadDim) : rows;

    private WeightRows Find(string name, ReadOnlySpan<long> shape, long rows, int length)
    {
        WeightRules.Require(checkpoint, name, shape);
        _used.Add(name);
        return new WeightRows(checkpoint, name, rows, length);
    }
}
