using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Engine.Tests.Sequences;
using AdaptiveServe.Engine.Tests.Strategies;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class SchedulerTests
{
    [Fact]
    public void Step_LongPrompt_RunsInChunksOfTheBudget()
    {
        using var trace = new SchedulerTrace(rows: 2, budget: 4);
        trace.Add('a', prompt: 10, max: 2);
        Assert.Equal("a[0..4)", trace.Step());
        Assert.Equal("a[4..8)", trace.Step());
        Assert.Equal("a[8..10)*1", trace.Step());
        Assert.Equal("a[10..11)*1", trace.Step());
        Assert.Equal("", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Step_SeveralPrompts_ShareTheBudgetInOrderOfArrival()
    {
        using var trace = new SchedulerTrace(rows: 3, budget: 10);
        trace.Add('a', prompt: 6);
        trace.Add('b', prompt: 6);
        trace.Add('c', prompt: 3);
        Assert.Equal("a[0..6)*1 b[0..4)", trace.Step());
        Assert.Equal("a[6..7)*1 b[4..6)*1 c[0..3)*1", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Step_PromptBeforeDecodeRows_LeavesEachItsToken()
    {
        using var trace = new SchedulerTrace(rows: 3, budget: 5);
        trace.Add('a', prompt: 2);
        trace.Add('b', prompt: 2);
        trace.Step();
        trace.Add('c', prompt: 9, priority: -1);
        Assert.Equal("c[0..3) a[2..3)*1 b[2..3)*1", trace.Step());
        Assert.Equal("c[3..6) a[3..4)*1 b[3..4)*1", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Step_FullBudgetOfDecodeRows_GivesEachOneToken()
    {
        using var trace = new SchedulerTrace(rows: 4, budget: 4);
        foreach (char name in "abcd") trace.Add(name, prompt: 1);
        Assert.Equal("a[0..1)*1 b[0..1)*1 c[0..1)*1 d[0..1)*1", trace.Step());
        Assert.Equal("a[1..2)*1 b[1..2)*1 c[1..2)*1 d[1..2)*1", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Step_Priorities_RunInOrderOfPriorityThenArrival()
    {
        using var trace = new SchedulerTrace(rows: 3);
        trace.Add('a', priority: 1);
        trace.Add('b', priority: 0);
        trace.Add('c', priority: 1);
        trace.Add('d', priority: -1);
        Assert.Equal("d[0..4)*1 b[0..4)*1 a[0..4)*1", trace.Step());
        Assert.Equal((3, 1), (trace.Scheduler.RunningCount, trace.Scheduler.WaitingCount));
        trace.Finish();
    }

    [Fact]
    public void Admit_NoRowIsLeft_WaitsForOne()
    {
        using var trace = new SchedulerTrace(rows: 2);
        trace.Add('a', max: 2);
        trace.Add('b', max: 1);
        Sequence last = trace.Add('c', max: 2);
        Assert.Equal("a[0..4)*1 b[0..4)*1", trace.Step());
        Assert.Equal(SequenceStatus.Waiting, last.Status);
        Assert.Equal("a[4..5)*1 c[0..4)*1", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Admit_NoMemoryForTheFirstWaiting_LetsNobodyPass()
    {
        using var trace = new SchedulerTrace(blocks: 4);
        trace.Add('a', prompt: 8, max: 2);
        trace.Add('b', prompt: 8, max: 4);
        trace.Add('c', prompt: 1, max: 1);
        Assert.Equal("a[0..8)*1", trace.Step());
        Assert.Equal("a[8..9)*1", trace.Step());
        Assert.Equal("b[0..8)*1 c[0..1)*1", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Admit_CountsSequencesThatLeaveTheQueueOnce()
    {
        using var trace = new SchedulerTrace(rows: 2);
        foreach (char name in "abcd") trace.Add(name, max: 1);
        trace.Rows['d'].Sequence.Cancel();
        Assert.Equal(3, trace.Scheduler.Admit().Sequences);
        Assert.Equal(0, trace.Scheduler.Admit().Sequences);
        trace.Step();
        Assert.Equal(1, trace.Scheduler.Admit().Sequences);
    }

    [Fact]
    public void Step_MaxTokensZero_RunsThePromptAndEnds()
    {
        using var trace = new SchedulerTrace(rows: 1, budget: 4);
        Sequence sequence = trace.Add('a', prompt: 6, max: 0, promptLogprobs: true);
        Assert.Equal("a[0..4)", trace.Step());
        Assert.Equal("a[4..6)", trace.Step());
        Assert.Equal((FinishReason.Length, 0), (sequence.FinishReason!.Value, sequence.GeneratedCount));
        Assert.Equal(FakeModelRunner.PromptLogprobs(sequence.Tokens), sequence.PromptLogprobs.Skip(1).Select(entry => entry.Single()));
        Assert.Empty(sequence.PromptLogprobs[0]);
        Assert.False(sequence.Output.TryRead(out _));
    }

    [Fact]
    public void Step_StopToken_EndsTheSequenceAndMarksTheToken()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', max: 9);
        int stop = trace.Alone('a')[3];
        Sequence sequence = trace.Add('b', max: 9, like: 'a', stop: [stop]);
        trace.Finish();
        GeneratedToken[] tokens = [.. sequence.ReadAll()];
        Assert.Equal(FinishReason.Stop, sequence.FinishReason);
        Assert.Equal(tokens[..^1].Select(_ => false).Append(true), tokens.Select(token => token.IsStop));
        Assert.Equal(stop, tokens[^1].Id);
    }

    [Fact]
    public void Step_SmallAndLargeRows_RunOnTheirModels()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', max: 2);
        Sequence small = trace.AddSmall('b', max: 2);
        Assert.Equal("b[0..4)*1", trace.Small());
        Assert.Equal("a[0..4)*1", trace.Step());
        Assert.Equal("b[4..5)*1", trace.Small());
        Assert.Equal("", trace.Small());
        SequenceStats stats = small.Stats;
        Assert.Equal((2, 0, 2, 0), (stats.SmallTokens, stats.LargeTokens, stats.SmallForwards, stats.LargeForwards));
        Assert.All(small.ReadAll(), token => Assert.Equal(ModelRole.Small, token.Role));
        trace.Finish();
    }

    [Fact]
    public void Step_TargetThatSwitches_CatchesUpInOneChunk()
    {
        using var trace = new SchedulerTrace();
        Sequence sequence = trace.Add('a', prompt: 5, max: 4, target: new TurnsTarget(3));
        Assert.Equal("a[0..5)*1", trace.Small());
        Assert.Equal("", trace.Step());
        Assert.Equal("a[5..6)*1", trace.Small());
        Assert.Equal("a[6..7)*1", trace.Small());
        Assert.Equal("", trace.Small());
        Assert.Equal("a[0..8)*1", trace.Step());
        Assert.Equal((3, 1), (sequence.Stats.SmallTokens, sequence.Stats.LargeTokens));
        Assert.False(trace.Scheduler.HasWork);
    }

    [Fact]
    public void Schedule_AnyRow_HandsTheRunnerTheSamplingOfTheRequest()
    {
        using var trace = new SchedulerTrace();
        var sampling = new SamplingParams { Temperature = 0.3f, TopK = 4, TopP = 0.5f, MinP = 0.1f, Seed = 9, MaxTokens = 6 };
        SamplingParams copy = sampling with { };
        trace.Scheduler.Add(new RunningSequence(new Sequence([1, 2], sampling), new LargeOnlyStrategy(), new FixedDrafts(2)));
        trace.Scheduler.Admit();
        Assert.Same(sampling, trace.Scheduler.Schedule(ModelRole.Large).Rows[0].Running.Sequence.Sampling);
        Assert.Equal(copy, sampling);
    }

    [Theory]
    [InlineData(8, 8, "large", true)]
    [InlineData(8, 9, "large", false)] // more than the 4 blocks of 4
    [InlineData(4, 4, "small", true)]
    [InlineData(4, 5, "small", false)] // more than the 2 blocks of 4
    [InlineData(4, 5, "both", false)]
    [InlineData(250, 7, "none", false)] // more than the context of 256
    [InlineData(250, 6, "none", true)]
    [InlineData(1, int.MaxValue, "large", false)]
    public void CanEverFit_PromptAndLimit_MustFitContextAndMemory(int prompt, int max, string roles, bool fits)
    {
        using var trace = new SchedulerTrace(blocks: 4, smallBlocks: 2);
        ModelRole[] on = roles switch
        {
            "large" => [ModelRole.Large],
            "small" => [ModelRole.Small],
            "both" => [ModelRole.Large, ModelRole.Small],
            _ => [],
        };
        Assert.Equal(fits, trace.Scheduler.CanEverFit(new Sequence(new int[prompt], new SamplingParams { MaxTokens = max }), on));
    }

    [Fact]
    public void CanEverFit_ModelThatIsNotThere_False()
    {
        using var trace = new SchedulerTrace(smallBlocks: 0);
        Assert.False(trace.Scheduler.CanEverFit(new Sequence([1], new SamplingParams()), [ModelRole.Small]));
        Assert.True(trace.Scheduler.Schedule(ModelRole.Small).IsEmpty);
    }

    [Fact]
    public void Step_SequenceThatFillsTheMemoryToTheLastToken_Ends()
    {
        using var trace = new SchedulerTrace(blocks: 4);
        trace.Add('a', prompt: 8, max: 8);
        trace.Add('b', prompt: 16, max: 0);
        trace.Finish();
    }

    [Fact]
    public void Fail_OneForward_EndsItsSequencesAlone()
    {
        using var trace = new SchedulerTrace();
        Sequence large = trace.Add('a'), small = trace.AddSmall('b');
        trace.Scheduler.Admit();
        trace.Scheduler.Fail(trace.Scheduler.Schedule(ModelRole.Large), "It broke.");
        Assert.Equal((FinishReason.Error, "It broke."), (large.FinishReason!.Value, large.Error));
        Assert.Equal((1, 0), (trace.Scheduler.RunningCount, trace.Scheduler.Pool(ModelRole.Large)!.HeldCount));
        Assert.Equal(SequenceStatus.Running, small.Status);
        trace.Finish();
    }

    [Fact]
    public void EndAll_WaitingAndRunning_EndsThemAndFreesTheirBlocks()
    {
        using var trace = new SchedulerTrace(rows: 1);
        Sequence running = trace.Add('a'), waiting = trace.Add('b');
        trace.Step();
        trace.Scheduler.EndAll(FinishReason.Cancelled, null);
        Assert.Equal((FinishReason.Cancelled, FinishReason.Cancelled), (running.FinishReason!.Value, waiting.FinishReason!.Value));
        Assert.False(trace.Scheduler.HasWork);
        trace.Scheduler.CheckIntegrity();
        Assert.Equal(0, trace.Scheduler.Pool(ModelRole.Large)!.HeldCount);
    }

    [Fact]
    public void CheckIntegrity_BlockWithoutASequence_Throws()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a');
        trace.Step();
        trace.Scheduler.Pool(ModelRole.Small)!.TryGrow(new BlockTable(), tokens: 1, expectedTokens: 1);
        Assert.Throws<InvalidOperationException>(trace.Scheduler.CheckIntegrity);
    }

    [Fact]
    public void Constructor_FewerTokensThanRows_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerTrace(rows: 9, budget: 8));
}
