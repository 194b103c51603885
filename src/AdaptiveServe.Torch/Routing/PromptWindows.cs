using System.Numerics.Tensors;

namespace AdaptiveServe.Torch.Routing;

/// <summary>Means of the states of a prompt over windows of equal length (Dr.LLM pools so): its first tokens, as many as the windows divide.</summary>
/// <param name="length">Tokens of the prompt.</param>
/// <param name="depths">How many depths are pooled.</param>
/// <param name="width">Hidden size.</param>
internal sealed class PromptWindows(int length, int depths, int width)
{
    /// <summary>Windows of a prompt that has as many tokens; a shorter one has one for each.</summary>
    public const int MaxCount = 8;

    private readonly float[] _sums = new float[depths * Math.Min(MaxCount, length) * width];

    public int Count { get; } = Math.Min(MaxCount, length);

    private int TokensEach { get; } = length / Math.Min(MaxCount, length);

    public void Add(int depth, int position, ReadOnlySpan<float> states)
    {
        for (int token = 0; token < states.Length / width; token++)
        {
            int window = (position + token) / TokensEach;
            if (window >= Count) return;
            Span<float> sum = Sum(depth, window);
            TensorPrimitives.Add(sum, states.Slice(token * width, width), sum);
        }
    }

    /// <summary>The mean of a window's states.</summary>
    public void Mean(int depth, int window, Span<float> destination) => TensorPrimitives.Divide(Sum(depth, window), TokensEach, destination);

    private Span<float> Sum(int depth, int window) => _sums.AsSpan((depth * Count + window) * width, width);
}
