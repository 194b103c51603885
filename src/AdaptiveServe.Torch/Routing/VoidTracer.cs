using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Models;

namespace AdaptiveServe.Torch.Routing;

/// <summary>Finds the void layers of the positions that give the tokens of a reply, for sequences that want to know. Reused by every step.</summary>
/// <remarks>A layer that is left out is not void: it was not asked. One that runs twice counts as one.</remarks>
internal sealed class VoidTracer : IHiddenReader
{
    private readonly List<int> _rows = [], _samples = [];
    private readonly List<LayerRoute?> _routes = [];
    private readonly List<List<int>> _voids = [];
    private VoidRule[] _rules = [];
    private float[] _states = [];

    /// <summary>Finds the positions.</summary>
    /// <returns>False when there are none.</returns>
    public bool Begin(StepBatch batch)
    {
        _rows.Clear();
        _samples.Clear();
        _routes.Clear();
        _voids.Clear();
        if (batch.Role == ModelRole.Small) return false;
        int end = 0;
        foreach (ref readonly ScheduledSequence share in batch.Rows)
        {
            end += share.Count;
            if (!share.WantsVoidLayers) continue;
            for (int i = 0; i < share.SampleCount; i++)
            {
                _rows.Add(end - share.SampleCount + i);
                _samples.Add(share.FirstSample + i);
                _routes.Add(share.Route(batch.Role));
                _voids.Add([]);
            }
        }

        return _rows.Count > 0;
    }

    public void Read(int depth, Decoder decoder)
    {
        int width = decoder.HiddenSize;
        if (_states.Length < _rows.Count * width) (_states, _rules) = (new float[_rows.Count * width], new VoidRule[_rows.Count]);
        decoder.CopyHidden(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows), _states);
        for (int i = 0; i < _rows.Count; i++)
        {
            ReadOnlySpan<float> state = _states.AsSpan(i * width, width);
            if (depth == 0) _rules[i] = new VoidRule(state);
            else if ((_routes[i]?.Runs(depth - 1) ?? true) && _rules[i].IsVoid(state, out _)) _voids[i].Add(depth - 1);
        }
    }

    /// <summary>Says what was found.</summary>
    public void Report(StepResult result)
    {
        for (int i = 0; i < _samples.Count; i++) result.VoidLayers[_samples[i]] = _voids[i];
    }
}
