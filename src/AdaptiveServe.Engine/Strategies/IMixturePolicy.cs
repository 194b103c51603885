namespace AdaptiveServe.Engine.Strategies;

/// <summary>
/// A target that is neither model's distribution: at each position the tokens before it decide which of the two gives the token, and the
/// large model runs over all of them. The small model drafts its own samples, and verification keeps or replaces them by this rule.
/// </summary>
/// <remarks>
/// The rule sees both distributions and not the tokens that were drawn from them: a rule that did would sample something else than the
/// mixture. Both models draw with the position's one random number, so the text does not depend on how many tokens were drafted.
/// </remarks>
public interface IMixturePolicy : ITargetPolicy
{
    /// <summary>True where the large model gives the token. Without side effects.</summary>
    bool Defers(in ModelView small, in ModelView large);
}
