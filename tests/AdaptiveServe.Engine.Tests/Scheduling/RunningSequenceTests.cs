using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class RunningSequenceTests
{
    [Theory]
    [InlineData(0, new[] { 1, 2, 3 })]
    [InlineData(1, new[] { 2, 3, 40, 50 })]
    [InlineData(2, new[] { 3 })]
    [InlineData(3, new[] { 40, 50 })]
    [InlineData(4, new[] { 50 })]
    [InlineData(4, new int[0])]
    public void CopyTokens_OwnTokensAndDrafts_AreOneRow(int start, int[] tokens)
    {
        var row = new RunningSequence(new Sequence([1, 2, 3], new SamplingParams()), new LargeOnlyStrategy(), null);
        row.AddDraft(40);
        row.AddDraft(50);
        var copy = new int[tokens.Length];
        row.CopyTokens(start, copy);
        Assert.Equal(tokens, copy);
    }

    [Fact]
    public void TrimAndClearDrafts_LeaveTheFirstOnes()
    {
        var row = new RunningSequence(new Sequence([1], new SamplingParams()), new LargeOnlyStrategy(), null) { DraftLimit = 3 };
        foreach (int token in new[] { 4, 5, 6 }) row.AddDraft(token);
        row.TrimDrafts(2);
        Assert.Equal([4, 5], row.Drafts.ToArray());
        row.ClearDrafts();
        Assert.Equal((0, 0), (row.Drafts.Length, row.DraftLimit));
    }
}
