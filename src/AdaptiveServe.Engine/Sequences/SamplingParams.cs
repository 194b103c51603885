namespace AdaptiveServe.Engine.Sequences;

/// <summary>How the next token is chosen from the model's distribution, and when to end. Immutable and shared by the sequences of a request.</summary>
/// <remarks>Order of the processors: logit bias and penalties on the raw logits, then temperature, top-k, top-p, min-p.</remarks>
public sealed record SamplingParams
{
    /// <value>Softmax temperature, at least 0; 0 takes the most likely token. Default 1.</value>
    public float Temperature { get; init; } = 1f;

    /// <value>Keep only that many of the most likely tokens; 0 keeps all. Default 0.</value>
    public int TopK { get; init; }

    /// <value>Keep the smallest set of most likely tokens whose probability reaches this share, in (0, 1]. Default 1.</value>
    public float TopP { get; init; } = 1f;

    /// <value>Keep tokens with at least this share of the most likely token's probability, in [0, 1]. Default 0.</value>
    public float MinP { get; init; }

    /// <value>Divides positive and multiplies negative logits of tokens seen in prompt or output (Keskar et al. 2019); above 0. Default 1.</value>
    public float RepetitionPenalty { get; init; } = 1f;

    /// <value>Subtracted from the logit of every token seen in the output, in [-2, 2]. Default 0.</value>
    public float PresencePenalty { get; init; }

    /// <value>Subtracted from a token's logit once per occurrence in the output, in [-2, 2]. Default 0.</value>
    public float FrequencyPenalty { get; init; }

    /// <value>Added to the logits of the named tokens. Default none.</value>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <value>Key of the random numbers: the same seed, prompt and parameters give the same text.</value>
    public ulong Seed { get; init; }

    /// <value>At most that many tokens are generated; 0 only scores the prompt.</value>
    public int MaxTokens { get; init; } = 16;

    /// <value>End and stop tokens cannot be drawn before that many tokens were generated. Default 0.</value>
    public int MinTokens { get; init; }

    /// <value>Go on after the model's end token. Default false.</value>
    public bool IgnoreEos { get; init; }

    /// <value>Tokens that end the sequence besides the model's end tokens.</value>
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];

    /// <value>Report the log-probability of each token, and that many of the most likely ones (0 to 20); null reports none.</value>
    public int? Logprobs { get; init; }

    /// <value>The same for the tokens of the prompt.</value>
    public int? PromptLogprobs { get; init; }

    /// <summary>True when the choice depends on tokens seen so far.</summary>
    public bool HasPenalties => RepetitionPenalty != 1f || PresencePenalty != 0f || FrequencyPenalty != 0f;
}
