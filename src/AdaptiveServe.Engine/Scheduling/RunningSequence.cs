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
    private readonly List<GeneratedToken> _draftSamples = [];
    private List<DraftBranch>? _branches; // more than the draft has, where an earlier one had more
    private int _branchCount;
    private DraftRecord? _draftRecord;
    private bool _beginsAnew;

    /// <param name="sequence">What is generated.</param>
    /// <param name="target">Its target policy.</param>
    /// <param name="proposal">Its proposal policy, or null.</param>
    /// <param name="draftRoute">The layers that the large model drafts with, where it does; a part of the sequence's own.</param>
    internal RunningSequence(Sequence sequence, ITargetPolicy target, IProposalPolicy? proposal, LayerRoute? draftRoute = null)
    {
        DraftRoute = draftRoute;
        Sequence = sequence;
        Target = target;
        Mixture = target as IMixturePolicy;
        Proposal = proposal;
    }

    public Sequence Sequence { get; }

    /// <summary>Tokens proposed to follow the sequence, not verified yet; of a draft tree its first path.</summary>
    public ReadOnlySpan<int> Drafts => CollectionsMarshal.AsSpan(_drafts);

    public BlockTable Table(ModelRole role) => _tables[(int)role];

    /// <summary>How many leading tokens have their keys and values in that model's blocks.</summary>
    public int Computed(ModelRole role) => _computed[(int)role];

    /// <summary>The layers that a share of a batch runs, or null for all of its model.</summary>
    /// <param name="role">The model.</param>
    /// <param name="isDraft">Whether the share adds to a draft.</param>
    /// <param name="start">Position of its first token; a share lies on one side of <see cref="Sequence.RouteStart"/>.</param>
    public LayerRoute? Route(ModelRole role, bool isDraft, int start)
    {
        if (role == ModelRole.Small) return null;
        return isDraft ? DraftRoute : Sequence.RouteAt(start);
    }

    /// <summary>What the runner has read of a prompt that its route depends on; goes with the blocks.</summary>
    public object? Reading { get; set; }

    /// <summary>Copies the tokens from <paramref name="start"/> on, the sequence's own and then the drafts, those of a branch where one is named.</summary>
    public void CopyTokens(int start, Span<int> destination, DraftBranch? branch = null)
    {
        ReadOnlySpan<int> own = Sequence.Tokens, drafts = branch is null ? Drafts : branch.Path;
        int fromOwn = Math.Clamp(own.Length - start, 0, destination.Length);
        if (fromOwn > 0) own.Slice(start, fromOwn).CopyTo(destination);
        if (fromOwn < destination.Length)
            drafts.Slice(start + fromOwn - own.Length, destination.Length - fromOwn).CopyTo(destination[fromOwn..]);
    }

    /// <summary>How many of the most likely tokens its drafter wants to know after each token that the large model runs over.</summary>
    public int WantedSuccessors => Proposal?.WantedSuccessors ?? 0;

    internal LayerRoute? DraftRoute { get; private set; }

    /// <summary>The other paths of a draft tree, each after those that it branches off from.</summary>
    internal ReadOnlySpan<DraftBranch> Branches => CollectionsMarshal.AsSpan(_branches)[.._branchCount];

    /// <summary>True when drafts are the small model's own samples, any of which may stand (<see cref="IMixturePolicy"/>).</summary>
    public bool IsMixture => Mixture is not null;

    /// <summary>Whether the margin of each sample is wanted (<see cref="StepResult.Margins"/>).</summary>
    public bool NeedsMargin => Target.NeedsMargin;

    /// <summary>Whether the acceptance head is asked about the small model's next tokens (<see cref="StepResult.Acceptances"/>).</summary>
    public bool NeedsAcceptance => Target.NeedsAcceptance;

    internal ITargetPolicy Target { get; }

    /// <summary><see cref="Target"/>, where it mixes both models.</summary>
    internal IMixturePolicy? Mixture { get; }

    /// <summary>Of a mixture, the drafts with the distributions that they were drawn from.</summary>
    internal ReadOnlySpan<GeneratedToken> DraftSamples => CollectionsMarshal.AsSpan(_draftSamples);

    internal IProposalPolicy? Proposal { get; }

    /// <summary>What the target policy wants for the next token; asked once for each token.</summary>
    internal TargetPlan Next { get; private set; }

    /// <summary>What became of its drafts.</summary>
    internal DraftRecord DraftRecord => _draftRecord ??= new DraftRecord(0.9);

    /// <summary>What its proposal policy wanted last.</summary>
    internal DraftPlan DraftPlan { get; set; }

    /// <summary>Tokens that the sequence had when it drafted last.</summary>
    internal int LastDraft { get; set; }

    /// <summary>The draft that is going on; a limit of 0 means that no more tokens are wanted.</summary>
    internal int DraftLimit { get; set; }

    /// <summary>True when the large model drafts the draft that is going on.</summary>
    internal bool DraftsItself { get; set; }

    /// <summary>True while the large model's next forward adds a token to the draft; it verifies the draft after that.</summary>
    internal bool IsSelfDrafting => DraftsItself && Drafts.Length < DraftLimit && Next.Role == ModelRole.Large;

    /// <summary>
    /// Position of the first token that a model's next forward runs. A draft of the large model follows its earlier ones, whose keys and
    /// values lie where those of verification come to lie: they count as not computed, and are overwritten before anybody else reads them.
    /// </summary>
    internal int NextStart(ModelRole role) =>
        role == ModelRole.Large && IsSelfDrafting ? Sequence.Count - 1 + Drafts.Length : Computed(role);

    /// <summary>How many leading tokens the large model has run over at most; blocks that were given back do not lower it.</summary>
    internal int SeenByLarge { get; set; }

    /// <summary>Position of the last token that the large model gave, or -1.</summary>
    internal int LastFromLarge { get; set; } = -1;

    /// <summary>Tokens that the part of the step being scheduled wants to run.</summary>
    internal int Pending { get; set; }

    /// <summary>The route came of the prompt.</summary>
    internal void SetRoute(LayerRoute route)
    {
        Sequence.SetRoute(route);
        Reading = null;
        if (DraftRoute is { } draft) DraftRoute = route.Without(layer => !draft.Runs(layer)); // only what the sequence runs has keys and values
    }

    /// <summary>The prompt is to be computed again, along the route that came of it.</summary>
    internal void BeginAnew()
    {
        _beginsAnew = true;
        ClearDrafts();
        Sequence.ClearPromptLogprobs();
    }

    /// <summary>True once after <see cref="BeginAnew"/>.</summary>
    internal bool BeginsAnew()
    {
        bool begins = _beginsAnew;
        _beginsAnew = false;
        return begins;
    }

    internal void PlanNext() => Next = Target.Plan(Sequence);

    internal void SetComputed(ModelRole role, int count) => _computed[(int)role] = count;

    internal void AddDraft(int token) => _drafts.Add(token);

    internal void AddDraft(in GeneratedToken sample)
    {
        _drafts.Add(sample.Id);
        _draftSamples.Add(sample);
    }

    /// <summary>Takes over what a policy drafted.</summary>
    internal void TakeDraft(DraftTree tree)
    {
        for (int node = 0; node < tree.Count; node++)
        {
            int branch = tree.Branch(node);
            if (branch == 0) _drafts.Add(tree.Token(node));
            else if (branch > _branchCount) BeginBranch(tree, node);
            else _branches![branch - 1].Add(tree.Token(node));
        }
    }

    /// <summary>The drafted token that follows others, if it is <paramref name="token"/>.</summary>
    /// <param name="branch">The branch in which the others end; becomes the one in which the token is. Null for the first path.</param>
    /// <param name="depth">How many others there are.</param>
    /// <param name="token">The token.</param>
    /// <param name="isOffered">Whether any token was drafted there.</param>
    internal bool TryFollow(ref DraftBranch? branch, int depth, int token, out bool isOffered)
    {
        ReadOnlySpan<int> path = branch is null ? Drafts : branch.Path;
        isOffered = depth < path.Length;
        if (isOffered && path[depth] == token) return true;
        foreach (DraftBranch other in Branches)
        {
            if (!other.IsScheduled || other.Parent != branch || other.Shared != depth) continue;
            isOffered = true;
            if (other.Path[depth] != token) continue;
            branch = other;
            return true;
        }

        return false;
    }

    /// <summary>Keeps that many drafted tokens of the first path and nothing else, and wants no more.</summary>
    internal void TrimDrafts(int count)
    {
        if (count < _drafts.Count) _branchCount = 0;
        _drafts.RemoveRange(count, _drafts.Count - count);
        if (_draftSamples.Count > count) _draftSamples.RemoveRange(count, _draftSamples.Count - count);
        DraftLimit = Math.Min(DraftLimit, count);
    }

    internal void ClearDrafts()
    {
        _drafts.Clear();
        _branchCount = 0;
        _draftSamples.Clear();
        DraftLimit = 0;
        DraftsItself = false;
    }

    private void BeginBranch(DraftTree tree, int node)
    {
        _branches ??= [];
        if (_branchCount == _branches.Count) _branches.Add(new DraftBranch(this));
        _branches[_branchCount++].Begin(tree, node);
    }
}
