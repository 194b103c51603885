using System.ComponentModel.DataAnnotations;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Engine.Strategies.Targets.SmallOnly;
using AdaptiveServe.Engine.Tests.Sequences;
using AdaptiveServe.Engine.Tests.Strategies;
using AdaptiveServe.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Engine.Tests.Execution;

/// <summary>The engine with its thread. A gate before each forward holds it where a test wants it.</summary>
public sealed class InferenceEngineTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ModelInfo Info = FakeModelRunner.TinyInfo(largeBlocks: 20, smallBlocks: 10, context: 100);

    private readonly SemaphoreSlim _entered = new(0), _gate = new(0);
    private readonly FakeModelRunner _runner = new(Info);
    private readonly InferenceEngine _engine;

    public InferenceEngineTests() => _engine = Create(_runner, new EngineOptions { MaxSequences = 2, MaxQueuedRequests = 3 });

    public void Dispose()
    {
        _gate.Release(1000);
        _engine.Dispose();
        _gate.Dispose();
        _entered.Dispose();
    }

    [Fact]
    public async Task Submit_Prompt_StreamsWhatTheModelGenerates()
    {
        _engine.Start();
        Sequence sequence = Sequence(max: 20);
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(sequence));
        Assert.Equal(FakeModelRunner.Continue([1, 2, 3], sequence.Sampling, ModelRole.Large, Info), await sequence.ReadIdsAsync());
        Assert.Equal((SequenceStatus.Finished, FinishReason.Length), (sequence.Status, sequence.FinishReason!.Value));
        Assert.True(_engine.IsReady);
        Assert.Same(Info, _engine.Info);
    }

    [Theory, InlineData("large", "none"), InlineData("small", "none"), InlineData("large", "fixed"), InlineData("switching", "fixed")]
    public async Task Submit_AnyStrategies_GiveTheOutputOfTheTarget(string target, string proposal)
    {
        _engine.Start();
        var sampling = new SamplingParams { MaxTokens = 30, IgnoreEos = true };
        var sequence = new Sequence([4, 5], sampling) { Target = target, Proposal = proposal };
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(sequence));
        Func<int, ModelRole> roleAfter = target switch
        {
            "large" => _ => ModelRole.Large,
            "small" => _ => ModelRole.Small,
            _ => SwitchingTarget.RoleAfter,
        };
        Assert.Equal(FakeModelRunner.Continue([4, 5], sampling, roleAfter, Info), await sequence.ReadIdsAsync());
        Assert.Equal(proposal != "none", sequence.Stats.Drafted > 0);
    }

    [Fact]
    public async Task Submit_FromManyThreads_EveryoneGetsTheirOwn()
    {
        using InferenceEngine engine = Create(new FakeModelRunner(Info), new EngineOptions { MaxSequences = 7, MaxBatchTokens = 40 });
        engine.Start();
        await Parallel.ForAsync(0, 200, TestContext.Current.CancellationToken, async (i, _) =>
        {
            string target = i % 3 == 0 ? "small" : "large", proposal = i % 4 == 1 ? "fixed" : "none";
            var sampling = new SamplingParams { MaxTokens = 1 + i % 17, Seed = (ulong)i };
            var sequence = new Sequence([i % 50, i % 7, 1], sampling) { Target = target, Proposal = proposal, Priority = i % 2 };
            Assert.Equal(SubmitResult.Accepted, engine.Submit(sequence));
            ModelRole role = target == "small" ? ModelRole.Small : ModelRole.Large;
            Assert.Equal(FakeModelRunner.Continue([i % 50, i % 7, 1], sampling, role, Info), await sequence.ReadIdsAsync());
        });
        Assert.False(engine.IsFaulted);
    }

    [Fact]
    public async Task Submit_FullQueue_TakesAllOrNone()
    {
        HoldForwards();
        _engine.Start();
        Sequence[] first = [Sequence(), Sequence()];
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(first));
        WaitForForward(); // both have left the queue
        Sequence[] queued = [Sequence(), Sequence()], refused = [Sequence(), Sequence()];
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(queued));
        Assert.Equal(SubmitResult.QueueFull, _engine.Submit(refused));
        Assert.Equal(2, _engine.Snapshot().Waiting);
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(refused[0]));
        Assert.Equal(SubmitResult.QueueFull, _engine.Submit(refused[1]));
        ReleaseForwards();
        foreach (Sequence sequence in (Sequence[])[.. first, .. queued, refused[0]]) await sequence.ReadIdsAsync();
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(refused[1])); // a later try
        await refused[1].ReadIdsAsync();
    }

    [Fact]
    public async Task Submit_QueueFullOfTokens_TakesLongPromptsOnlyWhenNobodyWaits()
    {
        var runner = new FakeModelRunner(Info);
        using InferenceEngine engine = Create(runner, new EngineOptions { MaxSequences = 1, MaxBatchTokens = 4, MaxQueuedTokens = 5 });
        Sequence longOne = Sequence(prompt: [1, 2, 3, 4, 5, 6, 7]), shortOne = Sequence(), other = Sequence();
        engine.Start();
        HoldForwards();
        runner.BeforeExecute = batch => _runner.BeforeExecute?.Invoke(batch);
        Assert.Equal(SubmitResult.Accepted, engine.Submit(longOne)); // longer than the queue, which is empty
        WaitForForward();
        Assert.Equal(SubmitResult.Accepted, engine.Submit(shortOne)); // 3 of 5 tokens wait
        Assert.Equal(SubmitResult.QueueFull, engine.Submit(other));
        ReleaseForwards();
        foreach (Sequence sequence in (Sequence[])[longOne, shortOne]) await sequence.ReadIdsAsync();
        Assert.Equal(SubmitResult.Accepted, engine.Submit(other));
        await other.ReadIdsAsync();
    }

    [Theory]
    [InlineData("large", 99, 1, SubmitResult.TooLong)] // 80 tokens of KV memory
    [InlineData("large", 100, 1, SubmitResult.TooLong)] // 100 of context
    [InlineData("large", 79, 1, SubmitResult.Accepted)]
    [InlineData("small", 40, 1, SubmitResult.TooLong)]
    [InlineData("small", 39, 1, SubmitResult.Accepted)]
    [InlineData("switching", 40, 1, SubmitResult.TooLong)] // it may need both
    [InlineData("large", 1, int.MaxValue, SubmitResult.TooLong)]
    public void Submit_Length_MustFit(string target, int prompt, int max, SubmitResult result)
    {
        _engine.Start();
        Assert.Equal(result, _engine.Submit(new Sequence(new int[prompt], new SamplingParams { MaxTokens = max }) { Target = target }));
    }

    [Fact]
    public void Submit_OneOfSeveralIsTooLong_TakesNone()
    {
        _engine.Start();
        Sequence good = Sequence();
        Assert.Equal(SubmitResult.TooLong, _engine.Submit(good, Sequence(max: 1000)));
        Assert.Equal(SequenceStatus.Waiting, good.Status);
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(good));
    }

    [Fact]
    public void Submit_NotStartedOrStopping_IsRefused()
    {
        Assert.Equal(SubmitResult.Stopping, _engine.Submit(Sequence()));
        Assert.False(_engine.IsReady);
        _engine.Start();
        _engine.StopAccepting();
        Assert.Equal(SubmitResult.Stopping, _engine.Submit(Sequence()));
        Assert.False(_engine.IsReady);
        _engine.Dispose();
        Assert.Equal(SubmitResult.Stopping, _engine.Submit(Sequence()));
    }

    [Theory]
    [InlineData("huge", "none", "There is no target strategy 'huge'.")]
    [InlineData("large", "oracle", "There is no proposal strategy 'oracle'.")]
    [InlineData("Large", "none", "There is no target strategy 'Large'.")]
    public void Submit_UnknownStrategy_Throws(string target, string proposal, string message)
    {
        _engine.Start();
        var sequence = new Sequence([1], new SamplingParams()) { Target = target, Proposal = proposal };
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => _engine.Submit(sequence)).Message);
    }

    [Theory, InlineData(-1), InlineData(50), InlineData(int.MinValue), InlineData(int.MaxValue)]
    public void Submit_TokenOutsideTheVocabulary_Throws(int token)
    {
        _engine.Start();
        var sequence = new Sequence([1, token], new SamplingParams());
        ArgumentException exception = Assert.Throws<ArgumentException>(() => _engine.Submit(sequence));
        Assert.Equal($"Token {token} is not in the vocabulary of 50.", exception.Message);
    }

    [Theory, InlineData("small", "none"), InlineData("large", "fixed"), InlineData("switching", "none")]
    public void Submit_NeedsASmallModelThatIsNotLoaded_Throws(string target, string proposal)
    {
        using InferenceEngine engine = Create(new FakeModelRunner(FakeModelRunner.TinyInfo()), new EngineOptions());
        engine.Start();
        var sequence = new Sequence([1], new SamplingParams()) { Target = target, Proposal = proposal };
        Assert.Contains("needs a small model", Assert.Throws<ArgumentException>(() => engine.Submit(sequence)).Message);
    }

    [Fact]
    public void Submit_Twice_Throws()
    {
        _engine.Start();
        Sequence sequence = Sequence();
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(sequence));
        Assert.Throws<ArgumentException>(() => _engine.Submit(sequence));
    }

    [Fact]
    public void Submit_MoreThanTheQueueCanHold_Throws()
    {
        _engine.Start();
        Sequence[] four = [.. Enumerable.Range(0, 4).Select(_ => Sequence())];
        ArgumentException exception = Assert.Throws<ArgumentException>(() => _engine.Submit(four));
        Assert.Equal("4 sequences are more than the 3 that may wait.", exception.Message);
    }

    [Fact]
    public async Task Submit_AfterAFault_IsRefused()
    {
        _engine.Start();
        var broken = new Sequence([1], new SamplingParams()) { Target = "broken" };
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(broken));
        await broken.ReadIdsAsync();
        Assert.Equal((FinishReason.Error, "The engine failed."), (broken.FinishReason!.Value, broken.Error));
        Assert.True(_engine.IsFaulted);
        Assert.False(_engine.IsReady);
        Assert.Equal(SubmitResult.Faulted, _engine.Submit(Sequence()));
    }

    [Fact]
    public async Task Execute_Throws_FailsItsSequencesAndServesTheNext()
    {
        _engine.Start();
        _runner.BeforeExecute = _ => throw new InvalidOperationException("broken");
        Sequence[] broken = [Sequence(), Sequence()];
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(broken));
        foreach (Sequence sequence in broken)
        {
            Assert.Empty(await sequence.ReadIdsAsync());
            Assert.Equal(FinishReason.Error, sequence.FinishReason);
            Assert.Equal("The model failed while computing this request.", sequence.Error);
        }

        _runner.BeforeExecute = null;
        Sequence next = Sequence(max: 4);
        Assert.Equal(SubmitResult.Accepted, _engine.Submit(next));
        Assert.Equal(4, (await next.ReadIdsAsync()).Length);
        Assert.True(_engine.IsReady);
    }

    [Fact]
    public async Task Cancel_WhileRunning_FreesTheBlocksWithinOneStep()
    {
        HoldForwards();
        _engine.Start();
        Sequence leaving = Sequence(max: 60), staying = Sequence(max: 60);
        _engine.Submit(leaving, staying);
        WaitForForward();
        int both = _engine.Snapshot().LargeBlocks.Held;
        leaving.Cancel();
        _gate.Release(); // the forward that runs ends
        WaitForForward();
        EngineSnapshot snapshot = _engine.Snapshot();
        Assert.Equal((1, both / 2), (snapshot.Running, snapshot.LargeBlocks.Held));
        Assert.Equal(FinishReason.Cancelled, leaving.FinishReason);
        Assert.Single(await leaving.ReadIdsAsync());
        ReleaseForwards();
        Assert.Equal(60, (await staying.ReadIdsAsync()).Length);
    }

    [Fact]
    public async Task Snapshot_InTheMiddleOfAForward_TellsWhatIsHeld()
    {
        HoldForwards();
        _engine.Start();
        int[] prompt = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        Sequence[] all = [Sequence(prompt: prompt), Sequence(prompt: [2, 3, 4]), Sequence(prompt: prompt)];
        _engine.Submit(all);
        WaitForForward();
        Assert.Equal(
            new EngineSnapshot(
                Running: 2, Waiting: 1, SmallBlocks: (0, 10), LargeBlocks: (4, 20), Preemptions: 0, PrefixQueries: 10, PrefixHits: 0),
            _engine.Snapshot());
        ReleaseForwards();
        foreach (Sequence sequence in all) await sequence.ReadIdsAsync();
        EngineSnapshot idle = _engine.Snapshot();
        Assert.Equal((0, 0, (0, 20), 18L, 8L), (idle.Running, idle.Waiting, idle.LargeBlocks, idle.PrefixQueries, idle.PrefixHits));
    }

    [Fact]
    public async Task StopAccepting_RunningSequences_GoOnToTheirEnd()
    {
        HoldForwards();
        _engine.Start();
        Sequence[] all = [Sequence(max: 10), Sequence(max: 10), Sequence(max: 10)];
        _engine.Submit(all);
        WaitForForward();
        _engine.StopAccepting();
        Assert.Equal(SubmitResult.Stopping, _engine.Submit(Sequence()));
        ReleaseForwards();
        foreach (Sequence sequence in all) Assert.Equal(10, (await sequence.ReadIdsAsync()).Length);
    }

    [Fact]
    public async Task Dispose_RunningAndWaiting_EndsThemAndFreesTheRunner()
    {
        HoldForwards();
        _engine.Start();
        Sequence[] all = [Sequence(max: 60), Sequence(max: 60), Sequence(max: 60)];
        _engine.Submit(all);
        WaitForForward();
        Task disposing = Task.Run(_engine.Dispose, TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => !_engine.IsReady, Patience), "it still takes sequences");
        Assert.Equal(SubmitResult.Stopping, _engine.Submit(Sequence()));
        Assert.False(_runner.IsDisposed); // not under a forward
        ReleaseForwards();
        await disposing.WaitAsync(Patience, TestContext.Current.CancellationToken);
        foreach (Sequence sequence in all)
        {
            await sequence.ReadIdsAsync();
            Assert.Equal(FinishReason.Cancelled, sequence.FinishReason);
        }

        Assert.True(_runner.IsDisposed);
        Assert.Equal((0, 0, 0), (_engine.Snapshot().Running, _engine.Snapshot().Waiting, _engine.Snapshot().LargeBlocks.Held));
        _engine.Dispose(); // again
    }

    [Fact]
    public void Dispose_NotStarted_FreesTheRunner()
    {
        _engine.Dispose();
        Assert.True(_runner.IsDisposed);
        Assert.Throws<ObjectDisposedException>(_engine.Start);
    }

    [Fact]
    public void Start_Twice_ThrowsAndChangesNothing()
    {
        _engine.Start();
        _engine.StopAccepting();
        Assert.Throws<ThreadStateException>(_engine.Start);
        Assert.False(_engine.IsReady);
    }

    [Fact]
    public async Task Output_Continuation_RunsOnAnotherThread()
    {
        string? engineThread = null;
        _runner.BeforeExecute = _ => engineThread = Thread.CurrentThread.Name;
        _engine.Start();
        Sequence sequence = Sequence(max: 20);
        _engine.Submit(sequence);
        await foreach (GeneratedToken _ in sequence.ReadAllAsync())
            Assert.NotEqual("AdaptiveServe engine", Thread.CurrentThread.Name);
        Assert.Equal("AdaptiveServe engine", engineThread);
    }

    [Theory]
    [InlineData(0, 10, 10, 1)]
    [InlineData(1, 0, 10, 1)]
    [InlineData(1, 10, 0, 1)]
    [InlineData(1, 10, 10, 0)]
    public void Constructor_BoundOutOfItsRange_Throws(int sequences, int tokens, int queued, int smallForwards)
    {
        var options = new EngineOptions
        {
            MaxSequences = sequences,
            MaxBatchTokens = tokens,
            MaxQueuedRequests = queued,
            MaxSmallForwards = smallForwards,
        };
        Assert.Throws<ValidationException>(() => Create(_runner, options));
    }

    private static InferenceEngine Create(FakeModelRunner runner, EngineOptions options)
    {
        var strategies = new StrategyRegistry(
            [new LargeOnlyStrategy(), new SmallOnlyStrategy(), new SwitchingTarget(), new BrokenTarget()], [new FixedDrafts(3)]);
        return new InferenceEngine(runner, strategies, options, TimeProvider.System, NullLogger<InferenceEngine>.Instance);
    }

    private static Sequence Sequence(int max = 5, int[]? prompt = null) =>
        new(prompt ?? [1, 2, 3], new SamplingParams { MaxTokens = max, IgnoreEos = true });

    private void HoldForwards() => _runner.BeforeExecute = _ =>
    {
        _entered.Release();
        Assert.True(_gate.Wait(Patience));
    };

    private void WaitForForward() => Assert.True(_entered.Wait(Patience), "no forward began");

    private void ReleaseForwards()
    {
        _runner.BeforeExecute = null;
        _gate.Release();
    }
}
