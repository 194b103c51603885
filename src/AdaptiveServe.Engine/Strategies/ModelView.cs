using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>A model's raw distribution at a position, without the token that was drawn from it.</summary>
/// <param name="Entropy">In bits.</param>
/// <param name="TopProbability">Probability of the most likely token.</param>
public readonly record struct ModelView(float Entropy, float TopProbability)
{
    /// <summary>Distance from it to the probability of the second; NaN where no policy asked.</summary>
    public float Margin { get; init; } = float.NaN;

    /// <summary>
    /// Of the small model: chance that the large one takes its most likely token, as the pair's acceptance head sees it. 1 of the large
    /// model, and where no policy asked.
    /// </summary>
    public float Acceptance { get; init; } = 1;

    public static ModelView Of(in GeneratedToken token) =>
        new(token.Entropy, token.TopProbability) { Margin = token.Margin, Acceptance = token.Acceptance };
}
