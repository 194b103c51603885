using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

namespace AdaptiveServe.Engine.Strategies.Proposals.SelfDraft;

/// <summary>
/// The large model drafts its most likely tokens with fewer of its layers, and verifies them with all that the sequence runs (Zhang et al.
/// 2024, Draft and Verify). The layers left out are those that are missed least.
/// </summary>
internal sealed class SelfDraftStrategy : IProposalStrategy
{
    public string Name => "self";

    public bool NeedsSmall => false;

    /// <remarks>A layer that the sequence never runs has no keys and values for its tokens, so a draft cannot run it either.</remarks>
    /// <exception cref="ArgumentException">The model's layers were never ranked.</exception>
    public LayerRoute? ChooseDraftRoute(Sequence sequence, ModelInfo info)
    {
        int kept = Math.Max(1, (int)Math.Round(sequence.Speculation.Budget * info.LargeLayers, MidpointRounding.AwayFromZero));
        LayerRoute draft = StaticRouter.Route(info, info.LargeLayers - kept);
        return (sequence.Route ?? LayerRoute.Plain(info.LargeLayers)).Without(layer => !draft.Runs(layer));
    }

    /// <exception cref="ArgumentException">The sequence's options are out of range.</exception>
    public IProposalPolicy CreatePolicy(Sequence sequence)
    {
        sequence.Speculation.Validate();
        return new SelfDraftPolicy(sequence.Speculation);
    }
}
