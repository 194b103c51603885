namespace AdaptiveServe.Lab.Speculation;

/// <summary>What a drafter would propose at each place of an answer, and what a rule may look at there.</summary>
/// <param name="Tokens">The most likely token after what stands before that place.</param>
/// <param name="Entropies">Of the distribution it is from, in bits.</param>
/// <param name="Logprobs">Its natural log-probability there.</param>
/// <param name="States">The drafter's states that it was drawn from, one after the other.</param>
internal sealed record DraftSignals(int[] Tokens, float[] Entropies, float[] Logprobs, float[] States)
{
    public ReadOnlySpan<float> State(int place) => States.AsSpan(place * Width, Width);

    private int Width => States.Length / Math.Max(1, Tokens.Length);
}
