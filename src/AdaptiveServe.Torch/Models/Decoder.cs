using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Running;

namespace AdaptiveServe.Torch.Models;

/// <summary>The forward of a decoder-only transformer, written once over the compute seam for every family and device.</summary>
internal sealed class Decoder : IDisposable
{
    private readonly IComputeBackend _compute;
    private readonly DecoderWeights _weights;
    private readonly RotaryTable _rotary;
    private readonly KvCache _cache;
    private readonly float _epsilon;
    private readonly RoutedForward _routed;
    private readonly Action _allLayers;
    private readonly RowBuffer _hidden, _normed, _qkv, _attended, _gateUp, _gated, _selected;

    /// <remarks>Takes ownership of everything it is given.</remarks>
    public Decoder(ModelConfig config, IComputeBackend compute, DecoderWeights weights, RotaryTable rotary, KvCache cache)
    {
        _compute = compute;
        _weights = weights;
        _rotary = rotary;
        _cache = cache;
        compute.Prepare(cache);
        _allLayers = RunAllLayers;
        _epsilon = (float)config.RmsNormEpsilon;
        _routed = new RoutedForward(compute, config.HiddenSize);
        _hidden = compute.CreateBuffer(config.HiddenSize);
        _normed = compute.CreateBuffer(config.HiddenSize);
        _selected = compute.CreateBuffer(config.HiddenSize);
        _qkv = compute.CreateBuffer((config.AttentionHeads + 2 * config.KeyValueHeads) * config.HeadDim);
        _attended = compute.CreateBuffer(config.AttentionHeads * config.HeadDim);
        _gateUp = compute.CreateBuffer(2 * config.IntermediateSize);
        _gated = compute.CreateBuffer(config.IntermediateSize);
    }

    /// <summary>Numbers of a state.</summary>
    public int HiddenSize => _hidden.Columns;

    /// <summary>What the last logits were made of, after the final norm.</summary>
    public RowBuffer States => _selected;

    /// <summary>The residual stream of the forward under way.</summary>
    public RowBuffer Hidden => _hidden;

    public int Layers => _weights.Layers.Count;

    /// <summary>Runs each sequence of the batch through the layers of its route. <see cref="Logits"/> may follow until <see cref="End"/>.</summary>
    /// <param name="batch">What to run.</param>
    /// <param name="reader">Looks on, or null.</param>
    public void Forward(RaggedBatch batch, IHiddenReader? reader = null)
    {
        if (reader is null && !batch.HasRoutes)
        {
            _compute.Begin(batch);
            _compute.Repeat(_allLayers, _hidden);
            return;
        }

        Begin(batch);
        if (batch.HasRoutes)
        {
            _routed.Run(this, batch, reader);
            return;
        }

        for (int i = 0; i < Layers; i++)
        {
            reader?.Read(i, this);
            RunLayer(i);
        }

        reader?.Read(Layers, this);
    }

    /// <summary>The part of <see cref="Forward"/> before the first layer, for callers that choose the layers: training and inspection.</summary>
    public void Begin(RaggedBatch batch)
    {
        _compute.Begin(batch);
        _compute.Embed(_weights.Embedding, _hidden);
    }

    /// <summary>Runs the batch's tokens through one layer.</summary>
    public void RunLayer(int layer) => RunLayer(_weights.Layers[layer], _cache[layer], _hidden);

    /// <summary>Runs some rows through one layer.</summary>
    /// <param name="layer">Which.</param>
    /// <param name="extraSlot">Where a second pass has its keys and values (<c>LayerRoute.ExtraSlot</c>); -1 for the first.</param>
    /// <param name="hidden">Their residual stream.</param>
    public void RunLayer(int layer, int extraSlot, RowBuffer hidden) =>
        RunLayer(_weights.Layers[layer], _cache[extraSlot < 0 ? layer : Layers + extraSlot], hidden);

    /// <summary>Logits after the named rows of the batch.</summary>
    public void Logits(ReadOnlySpan<int> rows, ReadOnlySpan<bool> wantsRow, LogitsResult result)
    {
        _compute.Gather(_hidden, rows, _selected);
        _compute.RmsNorm(_selected, _weights.FinalNorm, _epsilon, _selected);
        _compute.Logits(_selected, _weights.Head, wantsRow, result);
    }

    /// <summary>The residual stream of some rows of the batch: [rows, hidden size].</summary>
    public void CopyHidden(ReadOnlySpan<int> rows, Span<float> destination)
    {
        _compute.Gather(_hidden, rows, _selected);
        _compute.CopyToHost(_selected, destination);
    }

    /// <summary>The states that the last <see cref="Logits"/> were made of, after the final norm: [rows, hidden size].</summary>
    public void CopyStates(Span<float> destination) => _compute.CopyToHost(_selected, destination);

    public void End() => _compute.End();

    public void Dispose()
    {
        _routed.Dispose();
        foreach (RowBuffer buffer in (RowBuffer[])[_hidden, _normed, _qkv, _attended, _gateUp, _gated, _selected]) buffer.Dispose();
        _cache.Dispose();
        _rotary.Dispose();
        _weights.Dispose();
        _compute.Dispose();
    }

    private void RunAllLayers()
    {
        _compute.Embed(_weights.Embedding, _hidden);
        for (int i = 0; i < Layers; i++) RunLayer(i);
    }

    private void RunLayer(LayerWeights layer, LayerCache cache, RowBuffer hidden)
    {
        _compute.RmsNorm(hidden, layer.AttentionNorm, _epsilon, _normed);
        _compute.Linear(_normed, layer.Attention.QueryKeyValue, _qkv);
        _compute.RotateAndStore(_qkv, layer.Attention, _rotary, cache);
        _compute.Attend(_qkv, layer.Attention, cache, _attended);
        _compute.AddLinear(_attended, layer.Attention.Output, hidden);

        _compute.RmsNorm(hidden, layer.MlpNorm, _epsilon, _normed);
        _compute.Linear(_normed, layer.GateUp, _gateUp);
        _compute.GatedActivation(_gateUp, _gated);
        _compute.AddLinear(_gated, layer.Down, hidden);
    }
}
