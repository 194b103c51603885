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

    /// <summary>Whether <see cref="ModelView.Acceptance"/> must be there: that takes an acceptance head. The same for all tokens.</summary>
    bool NeedsAcceptance => false;

    /// <summary>
    /// Asked once for each position that the small model is to give, when it has computed the distribution there and before its token is
    /// published. Where the answer is true nobody gets to see that token, and <see cref="Plan"/> names the large model from now on.
    /// </summary>
    /// <remarks>
    /// What decides is a function of the tokens before: were it the drawn token itself, what is sampled would be neither model's law.
    /// </remarks>
    bool Withholds(in ModelView small) => false;

    /// <summary>Told about every token that the sequence gained.</summary>
    void Observe(in GeneratedToken token);
}
