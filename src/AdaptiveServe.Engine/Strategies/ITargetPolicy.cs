using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>Decides for one sequence which model gives the next token. Used by the engine thread only.</summary>
public interface ITargetPolicy
{
    /// <summary>
    /// Which model gives the next token. Asked when the sequence enters the queue and after each token that was observed; without side
    /// effects.
    /// </summary>
    TargetPlan Plan(Sequence sequence);

    /// <summary>Whether <see cref="GeneratedToken.Margin"/> must be there: it costs a pass over the vocabulary. The same for all tokens.</summary>
    bool NeedsMargin => false;

    /// <summary>Told about every token that the sequence gained.</summary>
    void Observe(in GeneratedToken token);
}
