namespace AdaptiveServe.Engine.Sequences;

/// <summary>One generated token as its reader sees it.</summary>
/// <param name="Id">The token.</param>
/// <param name="Role">The model whose distribution it was drawn from.</param>
/// <param name="Entropy">Entropy of that model's raw distribution at this position, in bits.</param>
/// <param name="Logprob">Natural log-probability of the token under that distribution.</param>
/// <param name="TopLogprobs">The most likely tokens, best first; null unless the request asked for log-probabilities.</param>
/// <param name="IsStop">True for an end or stop token: it ended the sequence and is not part of the text.</param>
/// <param name="Drafted">True when the token was proposed by a drafter and accepted.</param>
public readonly record struct GeneratedToken(
    int Id, ModelRole Role, float Entropy, float Logprob, TokenLogprob[]? TopLogprobs, bool IsStop, bool Drafted)
{
    /// <summary>True when it stands in the place of a drafted token that verification refused.</summary>
    public bool IsCorrection { get; init; }

    /// <summary>Probability of the most likely token under that distribution.</summary>
    public float TopProbability { get; init; }

    /// <summary>Distance from it to the probability of the second; NaN where no policy asked.</summary>
    public float Margin { get; init; } = float.NaN;

    /// <summary>Of the small model: chance that the large one takes its most likely token; 1 elsewhere and where no policy asked.</summary>
    public float Acceptance { get; init; } = 1;

    /// <summary>The layers of the large model that gave it; null for all of its model.</summary>
    public LayerRoute? Route { get; init; }

    /// <summary>Those of them that were void at the position that gave it, ascending; null where nobody asked.</summary>
    public IReadOnlyList<int>? VoidLayers { get; init; }
}
