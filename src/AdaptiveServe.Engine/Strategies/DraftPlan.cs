namespace AdaptiveServe.Engine.Strategies;

/// <summary>Who drafts.</summary>
public enum Drafter
{
    None,

    /// <summary>The small model of the pair, taking its most likely token.</summary>
    Small,

    /// <summary>The large model itself with fewer of its layers, taking its most likely token.</summary>
    Self,

    /// <summary>The policy itself, from the tokens that there are (<see cref="IProposalPolicy.Draft"/>); no model runs.</summary>
    Policy,

    /// <summary>The policy itself, several continuations at once.</summary>
    Tree,
}

/// <summary>What a proposal policy wants for the next draft.</summary>
/// <param name="Drafter">Who drafts.</param>
/// <param name="MaxTokens">At most that many tokens; the engine may cut a draft short at any time.</param>
public readonly record struct DraftPlan(Drafter Drafter, int MaxTokens)
{
    public static readonly DraftPlan None;
}

/// <summary>The load that a draft would be part of.</summary>
/// <param name="Rows">Sequences that are running.</param>
public readonly record struct StepLoad(int Rows);

/// <summary>A draft so far.</summary>
/// <param name="Drafted">Tokens drafted.</param>
/// <param name="Entropy">Entropy of the distribution that the last one was drawn from, in bits.</param>
/// <param name="Logprob">Natural log-probability of the last one under it.</param>
/// <param name="Acceptance">Chance that the target takes the last one when it took those before, as the pair's acceptance head sees it; 1 without a head.</param>
/// <param name="BreakEven">Chance of the whole draft below which one more token costs more than it brings, by measured costs; 0 while they are unknown.</param>
public readonly record struct DraftState(int Drafted, float Entropy, float Logprob, float Acceptance = 1, double BreakEven = 0)
{
    private const double NatsPerBit = 0.69314718055994531;

    /// <summary><see cref="Entropy"/> in nats.</summary>
    public double EntropyNats => Entropy * NatsPerBit;
}

/// <summary>How a draft ended.</summary>
/// <param name="Drafted">Tokens that were verified.</param>
/// <param name="Accepted">How many of them the target accepted.</param>
public readonly record struct DraftOutcome(int Drafted, int Accepted);
