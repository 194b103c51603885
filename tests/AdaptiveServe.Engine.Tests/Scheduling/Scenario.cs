using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Engine.Strategies.Targets.SmallOnly;
using AdaptiveServe.Engine.Tests.Strategies;
using AdaptiveServe.Tests;
using CsCheck;

namespace AdaptiveServe.Engine.Tests.Scheduling;

/// <summary>An engine and what happens to it; the forwards with the numbers in <c>FailAt</c> throw.</summary>
internal sealed record Scenario(
    ModelInfo Info, EngineOptions Options, int SmallMilliseconds, int LargeMilliseconds, int[] FailAt, ScenarioRequest[] Requests)
{
    private static readonly Gen<EngineOptions> AnyOptions =
        from rows in Gen.Int[1, 6]
        from tokens in Gen.Int[0, 20]
        from smallForwards in Gen.Int[1, 8]
        from prefixCaching in Gen.Bool
        select new EngineOptions
        {
            MaxSequences = rows,
            MaxBatchTokens = rows + tokens,
            MaxSmallForwards = smallForwards,
            PrefixCaching = prefixCaching,
        };

    /// <summary>Everything at once, on engines that are too small for it.</summary>
    public static readonly Gen<Scenario> Any =
        from blockSize in Gen.Int[1, 5]
        from largeTokens in Gen.Int[10, 60]
        from smallTokens in Gen.Frequency((1, Gen.Const(0)), (3, Gen.Int[10, 60]))
        from vocabulary in Gen.Int[4, 30]
        from options in AnyOptions
        from small in Gen.Int[1, 4]
        from large in Gen.Int[1, 12]
        from failAt in Gen.Frequency((3, Gen.Const(Array.Empty<int>())), (1, Gen.Int[0, 40].Array[1, 2]))
        from requests in ScenarioRequest.Any(smallTokens > 0).Array[1, 10]
        let info = FakeModelRunner.TinyInfo(largeTokens / blockSize, smallTokens / blockSize, blockSize, vocabulary, context: 40)
        select new Scenario(info, options, small, large, failAt, requests);

    public override string ToString() =>
        $"block {Info.BlockSize} x {Info.LargeBlocks} large, {Info.SmallBlocks} small, vocabulary {Info.VocabularySize}, "
        + $"{Options.MaxSequences} rows, {Options.MaxBatchTokens} tokens, {Options.MaxSmallForwards} small forwards, "
        + $"{(Options.PrefixCaching ? "" : "no ")}prefix caching, {SmallMilliseconds} ms small, {LargeMilliseconds} ms large, "
        + $"fails at [{string.Join(' ', FailAt)}]\n{string.Join('\n', (object[])Requests)}";
}

/// <summary>
/// A request of a scenario: on the large model, along a route through it, on the small one, both by turns, or on the small one with tokens
/// withheld; with drafts of a length, or 0 for none.
/// </summary>
/// <remarks>One that shares takes prompt and priority of the request before it, and waits for its blocks.</remarks>
internal sealed record ScenarioRequest(
    int[] Prompt, SamplingParams Sampling, char Target, int MaxDraft, bool DraftsItself, int Priority, int ArriveAt, int? CancelAt, bool SharesPrevious)
{
    public static Gen<ScenarioRequest> Any(bool hasSmall) =>
        from prompt in Gen.Int[1, 3].Array[1, 20]
        from sampling in AnySampling
        from target in hasSmall ? Gen.OneOfConst('L', 'L', 'S', 'X', 'W', 'W', 'R') : Gen.OneOfConst('L', 'L', 'R')
        from itself in hasSmall ? Gen.OneOfConst(false, false, true) : Gen.Const(true)
        from draft in Gen.Frequency((hasSmall ? 1 : 2, Gen.Const(0)), (2, Gen.Int[1, 6]))
        from priority in Gen.OneOf(Gen.Const(0), Gen.Int[-1, 1])
        from arriveAt in Gen.Int[0, 12]
        from cancelAfter in Gen.Frequency((5, Gen.Const(-1)), (1, Gen.Int[0, 12]))
        from shares in Gen.OneOfConst(false, false, true)
        select new ScenarioRequest(
            prompt, sampling, target, draft, itself, priority, arriveAt, cancelAfter < 0 ? null : arriveAt + cancelAfter, shares);

    private static readonly Gen<SamplingParams> AnySampling =
        from seed in Gen.ULong[0, 3]
        from maxTokens in Gen.Int[0, 14]
        from minTokens in Gen.OneOf(Gen.Const(0), Gen.Int[1, 5])
        from ignoreEos in Gen.Bool
        from stop in Gen.Int[1, 3].Array[0, 1]
        from logprobs in Gen.OneOf(Gen.Const(-1), Gen.Int[0, 1])
        from promptLogprobs in Gen.OneOfConst(-1, -1, 0)
        select new SamplingParams
        {
            Seed = seed,
            MaxTokens = maxTokens,
            MinTokens = minTokens,
            IgnoreEos = ignoreEos,
            StopTokenIds = stop,
            Logprobs = logprobs < 0 ? null : logprobs,
            PromptLogprobs = promptLogprobs < 0 ? null : promptLogprobs,
        };

    /// <summary>The layers that the large model drafts with, where it does.</summary>
    public static LayerRoute Draft { get; } = new([0], modelLayers: 3, maxRepeats: 0);

    public LayerRoute? Route => Target == 'R' ? new LayerRoute([0, 2, 2], modelLayers: 3, maxRepeats: 1) : null;

    public ITargetStrategy Strategy => Target switch
    {
        'L' or 'R' => new LargeOnlyStrategy(),
        'S' => new SmallOnlyStrategy(),
        'W' => new WithholdingTarget(),
        _ => new SwitchingTarget(),
    };

    /// <summary>True where the small model is asked first, whoever gives the token.</summary>
    public bool Withholds => Target == 'W';

    public ModelRole RoleAfter(int token) => Target switch
    {
        'L' or 'R' => ModelRole.Large,
        'S' => ModelRole.Small,
        _ => SwitchingTarget.RoleAfter(token),
    };

    public override string ToString() =>
        $"{Target} [{string.Join(' ', Prompt)}] max {Sampling.MaxTokens} min {Sampling.MinTokens} seed {Sampling.Seed}"
        + $"{(Sampling.IgnoreEos ? " ignore eos" : "")} stop [{string.Join(' ', Sampling.StopTokenIds)}]"
        + $"{(Sampling.PromptLogprobs is null ? "" : " prompt logprobs")} draft {MaxDraft}{(DraftsItself ? " itself" : "")} priority {Priority} at {ArriveAt}"
        + $"{(CancelAt is { } at ? $" cancelled at {at}" : "")}{(SharesPrevious ? " shares previous" : "")}";
}
