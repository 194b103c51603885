using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Sequences;

internal static class SequenceExtensions
{
    /// <summary>The tokens that are there.</summary>
    public static IEnumerable<GeneratedToken> ReadAll(this Sequence sequence)
    {
        while (sequence.Output.TryRead(out GeneratedToken token)) yield return token;
    }

    /// <summary>Everything that the sequence generates, as the ids of its tokens, once it has ended.</summary>
    public static async Task<int[]> ReadIdsAsync(this Sequence sequence)
    {
        var ids = new List<int>();
        await foreach (GeneratedToken token in sequence.Output.ReadAllAsync(TestContext.Current.CancellationToken)) ids.Add(token.Id);
        return [.. ids];
    }
}
