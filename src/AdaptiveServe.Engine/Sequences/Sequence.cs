using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Engine.Strategies.Targets.Controls;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

namespace AdaptiveServe.Engine.Sequences;

/// <summary>One stream of tokens: a prompt and what is generated after it. It knows neither its policies nor its blocks.</summary>
/// <remarks>
/// Created by the caller, then owned by the engine thread from <c>Submit</c> until <see cref="Output"/> ends. The caller may call
/// <see cref="Cancel"/> and read <see cref="Output"/> from any thread; the rest it reads once the stream has ended.
/// </remarks>
public sealed class Sequence
{
    /// <summary>The value of <see cref="Arrival"/> before the engine gave one.</summary>
    internal const long NotSubmitted = -1;

    /// <summary>Generated tokens that there is room for from the beginning, so that steps allocate nothing; longer ones grow.</summary>
    private const int FirstRoom = 1024;

    private int[] _tokens;
    private volatile bool _cancelRequested;
    private CancelBell? _bell;
    private TokenLogprob[][] _promptLogprobs = [];
    private double _promptEntropySum;
    private int _promptEntropies;

    /// <param name="prompt">Token ids, at least one; copied.</param>
    /// <param name="sampling">How tokens are chosen.</param>
    public Sequence(ReadOnlySpan<int> prompt, SamplingParams sampling)
    {
        ArgumentNullException.ThrowIfNull(sampling);
        ArgumentOutOfRangeException.ThrowIfNegative(sampling.MaxTokens);
        if (prompt.IsEmpty) throw new ArgumentException("A prompt needs at least one token.", nameof(prompt));
        _tokens = new int[prompt.Length + Math.Min(sampling.MaxTokens, FirstRoom)];
        prompt.CopyTo(_tokens);
        Count = PromptLength = prompt.Length;
        Sampling = sampling;
    }

    public SamplingParams Sampling { get; }

    /// <value>Name of the target strategy: what distribution is sampled. Default <c>large</c>.</value>
    public string Target { get; init; } = "large";

    /// <value>Name of the proposal strategy: who drafts. Default <c>none</c>.</value>
    public string Proposal { get; init; } = "none";

    /// <value>Settings of the target strategy <c>entropy</c>.</value>
    public EntropySwitchingOptions EntropySwitching { get; init; } = new();

    /// <value>Settings of the target strategy <c>routed</c>.</value>
    public RoutingOptions Routing { get; init; } = new();

    /// <value>Settings of the target strategy <c>cascade</c>.</value>
    public CascadeOptions Cascade { get; init; } = new();

    /// <value>Settings of the target strategies <c>random</c> and <c>periodic</c>.</value>
    public ControlOptions Control { get; init; } = new();

    /// <value>Settings of the proposal strategies.</value>
    public SpeculationOptions Speculation { get; init; } = new();

    /// <value>Lower runs earlier; equal ones run in the order of their arrival. Default 0.</value>
    public int Priority { get; init; }

    /// <value>
    /// Another sequence with the same prompt, submitted before this one, whose prompt blocks this one waits for and then shares.
    /// </value>
    public Sequence? SharesPromptWith { get; init; }

    /// <summary>Prompt and generated tokens.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Length of <see cref="Tokens"/>.</summary>
    public int Count { get; private set; }

    public int PromptLength { get; }

    /// <summary>How many tokens were generated, an end token included.</summary>
    public int GeneratedCount => Count - PromptLength;

    /// <summary>
    /// The layers of the large model that it runs, or null for all of them; set once, on submission or when its prompt was computed, and
    /// before its first token.
    /// </summary>
    public LayerRoute? Route { get; internal set; }

    /// <summary>Position of the first token that runs along the route; all layers run over those before it.</summary>
    public int RouteStart { get; internal set; }

    /// <summary>True until its route is known, where that comes of its prompt.</summary>
    public bool AwaitsRoute { get; private set; }

    /// <summary>
    /// What the router that read the prompt went by, a number for each layer: the higher, the sooner the layer is left out. Null where none did.
    /// </summary>
    public IReadOnlyList<float>? RouteScores { get; internal set; }

    public SequenceStatus Status { get; internal set; } = SequenceStatus.Waiting;

    /// <summary>Set before <see cref="Output"/> ends.</summary>
    public FinishReason? FinishReason { get; private set; }

    /// <summary>What went wrong, for <see cref="Sequences.FinishReason.Error"/>.</summary>
    public string? Error { get; private set; }

    public TokenStream Output { get; } = new();

    public SequenceStats Stats { get; } = new();

    /// <summary>
    /// Log-probabilities of the prompt when asked for: entry i holds token i first and then the most likely ones; entry 0 is empty.
    /// Complete when the first token, or the end of the stream, was read.
    /// </summary>
    public IReadOnlyList<TokenLogprob[]> PromptLogprobs => _promptLogprobs;

    /// <summary>
    /// Mean entropy in bits of the distributions that gave the log-probabilities of the prompt; NaN without them. Complete with them.
    /// </summary>
    public double MeanPromptEntropy => _promptEntropies == 0 ? double.NaN : _promptEntropySum / _promptEntropies;

    /// <summary>Asks the engine to end the sequence and free its blocks at its next step.</summary>
    public void Cancel()
    {
        _cancelRequested = true;
        Interlocked.MemoryBarrier(); // either the bell is seen here, or the request where the bell is hung
        _bell?.Ring();
    }

    internal bool IsCancelRequested => _cancelRequested;

    /// <summary>Has requests to cancel announced; one that was made before is announced now.</summary>
    internal void AnnounceCancellation(CancelBell bell)
    {
        _bell = bell;
        Interlocked.MemoryBarrier();
        if (_cancelRequested) bell.Ring();
    }

    /// <summary>Order of arrival; given by the engine.</summary>
    internal long Arrival { get; set; } = NotSubmitted;

    internal bool IsFinished => FinishReason is not null;

    /// <summary>How many of the tokens that the large model gave came along the route: the one behind a whole prompt came of all layers.</summary>
    /// <param name="largeTokens">Tokens that the large model gave.</param>
    public long CountRouted(long largeTokens) => Route is null ? 0 : Math.Max(0, largeTokens - (RouteStart > 0 ? 1 : 0));

    /// <summary>The layers that run over the token at a position, or null for all.</summary>
    internal LayerRoute? RouteAt(int position) => position < RouteStart ? null : Route;

    /// <summary>All layers run over the prompt, whatever comes of it.</summary>
    internal void AwaitRoute() => (AwaitsRoute, RouteStart) = (true, PromptLength);

    internal void SetRoute(LayerRoute route)
    {
        AwaitsRoute = false;
        Route = route.IsPlain ? null : route;
        RouteStart = !route.IsPlain && Routing.BeginsBehindPrompt(route) ? PromptLength : 0;
    }

    /// <summary>The prompt is computed anew, along a route.</summary>
    internal void ClearPromptLogprobs()
    {
        _promptLogprobs = [];
        (_promptEntropySum, _promptEntropies) = (0, 0);
    }

    internal void Append(int token)
    {
        if (Count == _tokens.Length) Array.Resize(ref _tokens, Math.Min(2 * Count + 16, PromptLength + Math.Max(1, Sampling.MaxTokens)));
        _tokens[Count++] = token;
    }

    internal void SetPromptLogprobs(int position, TokenLogprob[] logprobs, float entropy)
    {
        if (_promptLogprobs.Length == 0)
        {
            _promptLogprobs = new TokenLogprob[PromptLength][];
            Array.Fill(_promptLogprobs, []);
        }

        if (_promptLogprobs[position].Length > 0) return; // computed again after the blocks were given back
        _promptLogprobs[position] = logprobs;
        _promptEntropySum += entropy;
        _promptEntropies++;
    }

    /// <summary>Ends the sequence; later calls change nothing.</summary>
    internal void Finish(FinishReason reason, string? error = null)
    {
        if (IsFinished) return;
        Error = error;
        FinishReason = reason;
        Status = SequenceStatus.Finished;
        Output.Complete();
    }
}
