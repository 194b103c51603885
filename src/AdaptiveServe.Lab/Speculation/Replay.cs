using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>Runs stop rules over traces: the engine's own rules, on the same answers for all of them.</summary>
internal static class Replay
{
    private const int RateRounds = 4;

    private static readonly Sequence Nobody = new([0], new SamplingParams());

    /// <param name="traces">What was said, and what would have been drafted.</param>
    /// <param name="options">The rule, and the longest draft.</param>
    /// <param name="costs">Of steps.</param>
    public static ReplayTotals Run(IReadOnlyList<DraftTrace> traces, SpeculationOptions options, ReplayCosts costs)
    {
        // What one more token must be worth depends on how fast the rest is, so a few rounds settle it.
        double rate = 1;
        ReplayTotals totals = default;
        for (int round = 0; round < (options.UsesAcceptanceHead && options.Threshold is null ? RateRounds : 1); round++)
        {
            double breakEven = Math.Min(1, (costs.Draft + costs.PerToken) * rate);
            totals = traces.Aggregate(default(ReplayTotals), (sum, trace) => sum + Run(trace, options, costs, breakEven));
            rate = totals.Speed;
        }

        return totals;
    }

    /// <summary>As if each draft ended just where the target stops to agree: what no rule can know.</summary>
    public static ReplayTotals Clairvoyant(IReadOnlyList<DraftTrace> traces, int maxDraft, ReplayCosts costs) =>
        traces.Aggregate(default(ReplayTotals), (sum, trace) => sum + Run(trace, start =>
        {
            int length = 0;
            while (length < maxDraft && start + length < trace.Count - 1 && trace.Matches[start + length]) length++;
            // Where the draft is short, none may be cheaper.
            return (1 + length) / costs.Step(length) >= 1 ? length : 0;
        }, costs));

    private static ReplayTotals Run(DraftTrace trace, SpeculationOptions options, ReplayCosts costs, double breakEven)
    {
        StrategyRegistry.BuiltIn.TryGetProposal("small", out IProposalStrategy? strategy);
        IProposalPolicy policy = strategy!.CreatePolicy(new Sequence([0], new SamplingParams()) { Speculation = options });
        return Run(trace, start => Draft(trace, policy, start, breakEven), costs, (drafted, accepted) => policy.Observe(new DraftOutcome(drafted, accepted)));
    }

    private static int Draft(DraftTrace trace, IProposalPolicy policy, int start, double breakEven)
    {
        int most = Math.Min(policy.Plan(Nobody, new StepLoad(1)).MaxTokens, trace.Count - start - 1), parted = -1, drafted = 0;
        while (drafted < most)
        {
            TracedToken token = trace.Token(start, drafted, parted);
            if (parted < 0 && !trace.Matches[start + drafted]) parted = start + drafted;
            drafted++;
            if (!policy.ShouldContinue(new DraftState(drafted, token.Entropy, token.Logprob, token.Acceptance, breakEven))) break;
        }

        return drafted;
    }

    private static ReplayTotals Run(DraftTrace trace, Func<int, int> draft, ReplayCosts costs, Action<int, int>? observe = null)
    {
        ReplayTotals totals = default;
        for (int place = 1; place < trace.Count;)
        {
            int drafted = draft(place), accepted = 0;
            while (accepted < drafted && trace.Matches[place + accepted]) accepted++;
            if (drafted > 0) observe?.Invoke(drafted, accepted);
            int gained = Math.Min(accepted + 1, trace.Count - place);
            totals += new ReplayTotals(gained, 1, drafted, accepted, costs.Step(drafted));
            place += gained;
        }

        return totals;
    }
}
