using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Proposals.TokenRecycling;

/// <summary>The drafts of one sequence: the tree that grows at its most promising place until one more token costs more than it brings.</summary>
internal sealed class TokenRecyclingPolicy(SpeculationOptions options, SuccessorTable table) : IProposalPolicy
{
    private readonly PriorityQueue<(int Parent, int Token), double> _next = new();

    public int WantedSuccessors => SuccessorTable.Ranks;

    public DraftPlan Plan(Sequence sequence, in StepLoad load) => new(Drafter.Tree, options.MaxDraft);

    public void Draft(Sequence sequence, DraftTree tree)
    {
        _next.Clear();
        Expand(DraftTree.Root, sequence.Tokens[^1], 1);
        while (!tree.IsFull && _next.TryDequeue(out var next, out double unlikely) && -unlikely >= tree.BreakEven)
            if (tree.TryAdd(next.Parent, next.Token, out int node)) Expand(node, next.Token, -unlikely);
    }

    public bool ShouldContinue(in DraftState state) => true;

    public void Observe(in DraftOutcome outcome)
    {
    }

    public void ObserveSuccessors(int token, ReadOnlySpan<int> successors) => table.Put(token, successors);

    private void Expand(int node, int token, double chance)
    {
        ReadOnlySpan<int> successors = table.Of(token);
        for (int rank = 0; rank < successors.Length; rank++) _next.Enqueue((node, successors[rank]), -chance * table.Chance(rank));
    }
}
