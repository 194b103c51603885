using System.Runtime.CompilerServices;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>
/// Drafts a reply that is known: whether a route gives the same is then seen in one forward, and not in one for each token.
/// </summary>
internal sealed class ReferenceStrategy : IProposalStrategy
{
    private readonly ConditionalWeakTable<Sequence, int[]> _replies = [];

    public string Name => "reference";

    public bool NeedsSmall => false;

    /// <summary>Says what a sequence is expected to give; before it is submitted.</summary>
    public void Expect(Sequence sequence, int[] reply) => _replies.Add(sequence, reply);

    public IProposalPolicy CreatePolicy(Sequence sequence) =>
        new Policy(_replies.TryGetValue(sequence, out int[]? reply) ? reply : [], sequence.Speculation.MaxDraft);

    private sealed class Policy(int[] reply, int maxDraft) : IProposalPolicy
    {
        public DraftPlan Plan(Sequence sequence, in StepLoad load)
        {
            int given = sequence.GeneratedCount;
            bool follows = given < reply.Length && sequence.Tokens[sequence.PromptLength..].SequenceEqual(reply.AsSpan(0, given));
            return follows ? new DraftPlan(Drafter.Policy, maxDraft) : DraftPlan.None;
        }

        public int Draft(Sequence sequence, Span<int> destination)
        {
            ReadOnlySpan<int> rest = reply.AsSpan(sequence.GeneratedCount);
            int count = Math.Min(rest.Length, destination.Length);
            rest[..count].CopyTo(destination);
            return count;
        }

        public bool ShouldContinue(in DraftState state) => true;

        public void Observe(in DraftOutcome outcome)
        {
        }
    }
}
