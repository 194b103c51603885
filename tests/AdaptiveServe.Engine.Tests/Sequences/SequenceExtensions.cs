using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Sequences;

internal static class SequenceExtensions
{
    /// <summary>The tokens that are there.</summary>
    public static IEnumerable<GeneratedToken> ReadAll(this Sequence sequence)
    {
        while (sequence.Output.TryRead(out GeneratedToken token)) yield return token;
    }

    /// <summary>The tokens until the sequence has ended.</summary>
    public static async IAsyncEnumerable<GeneratedToken> ReadAllAsync(this Sequence sequence)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60)); // a sequence that never ends must not hold up the tests
        await foreach (GeneratedToken token in sequence.Output.ReadAllAsync(patience.Token)) yield return token;
    }

    /// <summary>The ids of the tokens until the sequence has ended.</summary>
    public static async Task<int[]> ReadIdsAsync(this Sequence sequence)
    {
        var ids = new List<int>();
        await foreach (GeneratedToken token in sequence.ReadAllAsync()) ids.Add(token.Id);
        return [.. ids];
    }
}
