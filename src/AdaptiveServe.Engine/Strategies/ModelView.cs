using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>A model's raw distribution at a position, without the token that was drawn from it.</summary>
/// <param name="Entropy">In bits.</param>
/// <param name="TopProbability">Probability of the most likely token.</param>
public readonly record struct ModelView(float Entropy, float TopProbability)
{
    public static ModelView Of(in GeneratedToken token) => new(token.Entropy, token.TopProbability);
}
