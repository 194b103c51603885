using AdaptiveServe.Engine.Strategies.Proposals.PromptLookup;
using CsCheck;

namespace AdaptiveServe.Engine.Tests.Strategies.Proposals;

public class NGramIndexTests
{
    [Theory]
    [InlineData(new[] { 1, 2, 3, 9, 1, 2 }, 2)] // 1 2 was followed by 3
    [InlineData(new[] { 1, 2, 3, 1, 2, 4, 1, 2 }, 5)] // the latest occurrence
    [InlineData(new[] { 7, 1, 2, 3, 8, 1, 2, 5, 7, 1, 2 }, 3)] // the longer one before the later one
    [InlineData(new[] { 5, 5, 5, 5 }, 3)] // overlapping itself
    [InlineData(new[] { 1, 2, 3 }, -1)]
    [InlineData(new[] { 1 }, -1)]
    public void Find_Tokens_ReturnsWhereTheyWentOn(int[] tokens, int expected) => Assert.Equal(expected, new NGramIndex(2, 4).Find(tokens));

    [Fact]
    public void Find_GrowingSequence_EqualsSearchFromTheStart() =>
        Gen.Int[1, 3].Array[1, 60].Sample(tokens =>
        {
            NGramIndex index = new(2, 4);
            for (int count = 1; count <= tokens.Length; count++) Assert.Equal(Search(tokens.AsSpan(0, count)), index.Find(tokens.AsSpan(0, count)));
        }, iter: 500, threads: 1);

    private static int Search(ReadOnlySpan<int> tokens)
    {
        for (int length = Math.Min(4, tokens.Length - 1); length >= 2; length--)
            for (int end = tokens.Length - 1; end >= length; end--)
                if (tokens[(end - length)..end].SequenceEqual(tokens[^length..])) return end;
        return -1;
    }
}
