using System.Runtime.InteropServices;
using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>A sequence with what the scheduler pairs it with: its policies, and per model its blocks and how far it is computed.</summary>
/// <remarks>
/// There is no prefill and no decode. On each model the first <see cref="Computed"/> tokens have their keys and values in the blocks, and
/// a step runs tokens after them. Rejecting drafts lowers the counter.
/// </remarks>
public sealed class RunningSequence
{
    private readonly BlockTable[] _tables = [new(), new()];
    private readonly int[] _computed = new int[2];
    private readonly List<int> _drafts = [];

    internal RunningSequence(Sequence sequence, ITargetPolicy target, IProposalPolicy? proposal)
    {
        Sequence = sequence;
        Target = target;
        Proposal = proposal;
    }

    public Sequence Sequence { get; }

    /// <summary>Tokens proposed to follow the sequence, not verified yet.</summary>
    public ReadOnlySpan<int> Drafts => CollectionsMarshal.AsSpan(_drafts);

    public BlockTable Table(ModelRole role) => _tables[(int)role];

    /// <summary>How many leading tokens have their keys and values in that model's blocks.</summary>
    public int Computed(ModelRole role) => _computed[(int)role];

    /// <summary>Copies the tokens from <paramref name="start"/> on, the sequence's own and then the drafts.</summary>
    public void CopyTokens(int start, Span<int> destination)
    {
        ReadOnlySpan<int> own = Sequence.Tokens;
        int fromOwn = Math.Clamp(own.Length - start, 0, destination.Length);
        if (fromOwn > 0) own.Slice(start, fromOwn).CopyTo(destination);
        if (fromOwn < destination.Length)
            Drafts.Slice(start + fromOwn - own.Length, destination.Length - fromOwn).CopyTo(destination[fromOwn..]);
    }

    internal ITargetPolicy Target { get; }

    internal IProposalPolicy? Proposal { get; }

    /// <summary>What the target policy wants for the next token; asked once for each token.</summary>
    internal TargetPlan Next { get; private set; }

    /// <summary>The draft that is going on; a limit of 0 means that no more tokens are wanted.</summary>
    internal int DraftLimit { get; set; }

    /// <summary>How many leading tokens the large model has run over at most; blocks that were given back do not lower it.</summary>
    internal int SeenByLarge { get; set; }

    /// <summary>Position of the last token that the large model gave, or -1.</summary>
    internal int LastFromLarge { get; set; } = -1;

    /// <summary>Tokens that the part of the step being scheduled wants to run.</summary>
    internal int Pending { get; set; }

    internal void PlanNext() => Next = Target.Plan(Sequence);

    internal void SetComputed(ModelRole role, int count) => _computed[(int)role] = count;

    internal void AddDraft(int token) => _drafts.Add(token);

    internal void TrimDrafts(int count) => _drafts.RemoveRange(count, _drafts.Count - count);

    internal void ClearDrafts()
    {
        _drafts.Clear();
        DraftLimit = 0;
    }
}
