using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Lab.LayerRouting.Search;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>Replies that an evaluation will probably see: they are drafted, so that what equals them is verified in few forwards.</summary>
/// <param name="Strategy">Drafts them; the engine must know it.</param>
/// <param name="Replies">For each example.</param>
internal sealed record ExpectedReplies(ReferenceStrategy Strategy, IReadOnlyList<int[]> Replies)
{
    /// <summary>Of speculation with them: always, and in parts, because a reply that is another one is so early.</summary>
    public static SpeculationOptions Speculation { get; } = new() { Governed = false, MaxDraft = 16 };

    public void Expect(Sequence sequence, int index) => Strategy.Expect(sequence, Replies[index]);
}
