using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Models;

namespace AdaptiveServe.Torch.Routing;

/// <summary>Shows the routers what the large model makes of the prompts in a batch that wait for their routes. Reused by every step.</summary>
/// <remarks>The states of those prompts, and of no other row, come to the host before each layer.</remarks>
internal sealed class PromptReader(IReadOnlyList<IPromptRouter> routers, ModelInfo info) : IHiddenReader
{
    private readonly Dictionary<string, IPromptRouter> _routers = routers.ToDictionary(router => router.Name);
    private readonly List<ScheduledSequence> _shares = [];
    private readonly List<int> _rows = [];
    private float[] _states = [];

    /// <summary>Finds the prompts.</summary>
    /// <returns>False when there are none.</returns>
    public bool Begin(StepBatch batch)
    {
        _shares.Clear();
        _rows.Clear();
        int row = 0;
        foreach (ref readonly ScheduledSequence share in batch.Rows)
        {
            if (share.IsReadByRouter && batch.Role == ModelRole.Large)
            {
                Sequence sequence = share.Running.Sequence;
                if (share.Start == 0) share.Running.Reading = _routers[sequence.Routing.Router].Begin(sequence.PromptLength);
                _shares.Add(share);
                for (int i = 0; i < share.Count; i++) _rows.Add(row + i);
            }

            row += share.Count;
        }

        return _shares.Count > 0;
    }

    public void Read(int depth, Decoder decoder)
    {
        int width = decoder.HiddenSize, row = 0;
        if (_states.Length < _rows.Count * width) _states = new float[_rows.Count * width];
        decoder.CopyHidden(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows), _states);
        foreach (ScheduledSequence share in _shares)
        {
            Reading(share).Observe(depth, share.Start, _states.AsSpan(row * width, share.Count * width));
            row += share.Count;
        }
    }

    /// <summary>Decides for the prompts that are complete.</summary>
    public void Decide(StepResult result)
    {
        foreach (ScheduledSequence share in _shares)
        {
            Sequence sequence = share.Running.Sequence;
            if (share.Start + share.Count < sequence.PromptLength) continue;
            RouteChoice choice = Reading(share).Decide(sequence.Routing, info.LargeRepeats);
            result.AddRoute(new RouteDecision(share.Running, choice.Route, choice.Scores));
        }
    }

    private static IPromptReading Reading(in ScheduledSequence share) => (IPromptReading)share.Running.Reading!;
}
