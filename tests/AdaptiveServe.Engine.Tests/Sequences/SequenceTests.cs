using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Sequences;

public class SequenceTests
{
    [Fact]
    public void Constructor_Prompt_IsCopied()
    {
        int[] prompt = [1, 2, 3];
        var sequence = new Sequence(prompt, new SamplingParams());
        prompt[0] = 9;
        Assert.Equal([1, 2, 3], sequence.Tokens.ToArray());
        Assert.Equal((3, 3, 0), (sequence.Count, sequence.PromptLength, sequence.GeneratedCount));
        Assert.Equal((SequenceStatus.Waiting, null, null), (sequence.Status, sequence.FinishReason, sequence.Error));
        Assert.Equal(("large", "none", 0), (sequence.Target, sequence.Proposal, sequence.Priority));
    }

    [Fact]
    public void Constructor_BadArguments_Throws()
    {
        Assert.Throws<ArgumentException>(() => new Sequence([], new SamplingParams()));
        Assert.Throws<ArgumentNullException>(() => new Sequence([1], null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sequence([1], new SamplingParams { MaxTokens = -1 }));
    }

    [Theory, InlineData(1, 1), InlineData(1, 100), InlineData(100, 5), InlineData(3, 40)]
    public void Append_UpToTheLimit_KeepsEveryToken(int prompt, int max)
    {
        var sequence = new Sequence(new int[prompt], new SamplingParams { MaxTokens = max });
        for (int i = 1; i <= max; i++) sequence.Append(i);
        Assert.Equal(max, sequence.GeneratedCount);
        Assert.Equal(Enumerable.Range(1, max), sequence.Tokens[prompt..].ToArray());
    }

    [Fact]
    public void SetPromptLogprobs_AnyOrder_LeavesTheFirstEmpty()
    {
        var sequence = new Sequence([5, 6, 7], new SamplingParams { PromptLogprobs = 0 });
        Assert.Empty(sequence.PromptLogprobs);
        Assert.True(double.IsNaN(sequence.MeanPromptEntropy));
        sequence.SetPromptLogprobs(2, [new TokenLogprob(7, -2)], 3);
        sequence.SetPromptLogprobs(1, [new TokenLogprob(6, -1)], 1);
        sequence.SetPromptLogprobs(2, [new TokenLogprob(7, -2)], 3); // computed again
        Assert.Equal([[], [new TokenLogprob(6, -1)], [new TokenLogprob(7, -2)]], sequence.PromptLogprobs);
        Assert.Equal(2, sequence.MeanPromptEntropy);
    }

    [Fact]
    public void Finish_Twice_KeepsTheFirstReason()
    {
        var sequence = new Sequence([1], new SamplingParams());
        sequence.Finish(FinishReason.Error, "It broke.");
        sequence.Finish(FinishReason.Cancelled);
        Assert.Equal((FinishReason.Error, "It broke."), (sequence.FinishReason!.Value, sequence.Error));
        Assert.Equal(SequenceStatus.Finished, sequence.Status);
        Assert.True(sequence.IsFinished);
    }

    [Fact]
    public async Task Finish_ReaderWaits_SeesTheReasonWhenTheStreamEnds()
    {
        var sequence = new Sequence([1], new SamplingParams());
        Task<bool> waiting = sequence.Output.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();
        sequence.Finish(FinishReason.Length);
        Assert.False(await waiting);
        Assert.Equal(FinishReason.Length, sequence.FinishReason);
    }

    [Fact]
    public void Cancel_AnyTime_IsOnlyARequest()
    {
        var sequence = new Sequence([1], new SamplingParams());
        sequence.Cancel();
        Assert.True(sequence.IsCancelRequested);
        Assert.False(sequence.IsFinished);
    }

    [Theory]
    [InlineData(1, 0, 0, false)]
    [InlineData(1.1, 0, 0, true)]
    [InlineData(1, 0.1, 0, true)]
    [InlineData(1, 0, -0.1, true)]
    public void HasPenalties_AnyPenalty_True(float repetition, float presence, float frequency, bool has) => Assert.Equal(
        has, new SamplingParams { RepetitionPenalty = repetition, PresencePenalty = presence, FrequencyPenalty = frequency }.HasPenalties);
}
