using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Proposals.TrigramSearch;

/// <summary>The drafts of one sequence. The store learns the prompt when the first draft is wanted, and the answer as it grows.</summary>
internal sealed class TrigramPolicy(SpeculationOptions options, TrigramStore store) : IProposalPolicy
{
    private const int Recent = 16;

    private readonly TreeSearch _search = new(store);
    private bool _hasPrompt;

    public DraftPlan Plan(Sequence sequence, in StepLoad load) => new(Drafter.Tree, options.MaxDraft);

    public void Draft(Sequence sequence, DraftTree tree)
    {
        ReadOnlySpan<int> tokens = sequence.Tokens;
        if (!_hasPrompt) store.Learn(tokens[..sequence.PromptLength]);
        _hasPrompt = true;
        store.Strengthen(tokens[Math.Max(0, tokens.Length - Recent)..]);
        if (tokens.Length >= 2) _search.Run(tokens[^2], tokens[^1], (ulong)tokens.Length << 32, tree);
    }

    public bool ShouldContinue(in DraftState state) => true;

    public void Observe(in DraftOutcome outcome)
    {
    }
}
