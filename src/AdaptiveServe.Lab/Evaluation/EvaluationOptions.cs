using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>How the replies of an evaluation are made.</summary>
internal sealed record EvaluationOptions
{
    /// <value>Default <c>large</c> without drafts.</value>
    public AdaptiveChoice Adaptive { get; init; } = new();

    /// <value>Tokens of a reply at most; the model's context bounds it too. Default 512.</value>
    public int MaxTokens { get; init; } = 512;

    /// <value>0 takes the most likely token. Default 0.</value>
    public float Temperature { get; init; }

    /// <value>Of sampling. Default 1.</value>
    public int Seed { get; init; } = 1;

    /// <value>Keep each token with what is known of it (<see cref="Results.ExampleResult.Tokens"/>). Default false.</value>
    public bool KeepTokens { get; init; }

    /// <value>Layers for each example in the place of <see cref="Adaptive"/>'s. Default null.</value>
    public IReadOnlyList<IReadOnlyList<int>>? Paths { get; init; }

    /// <value>Replies that are expected: what equals them takes few forwards, and the result is the same. Default null.</value>
    public ExpectedReplies? Expected { get; init; }

    /// <param name="index">The place of the example: each has random numbers of its own, whoever runs beside it.</param>
    /// <param name="room">Tokens that fit into the context after the prompt.</param>
    public SamplingParams Sampling(int index, int room) => new()
    {
        Temperature = Temperature,
        MaxTokens = Math.Min(MaxTokens, room),
        Seed = ((ulong)Seed << 32) | (uint)index,
    };
}
