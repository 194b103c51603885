using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>What a forward gave: one entry per sample of its <see cref="StepBatch"/>. Filled by the runner, reused by every step.</summary>
public sealed class StepResult
{
    private readonly List<(Sequence Sequence, int Position, TokenLogprob[] Logprobs, float Entropy)> _promptLogprobs = [];
    private readonly List<RouteDecision> _routes = [];
    private int[] _tokens = [];
    private float[] _entropies = [], _logprobs = [], _acceptances = [], _topProbabilities = [], _margins = [];
    private TokenLogprob[]?[] _topLogprobs = [];
    private IReadOnlyList<int>?[] _voidLayers = [];
    private int[] _successors = [];

    /// <summary>The sampled tokens.</summary>
    public Span<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Entropy of the raw distribution at each sample, in bits.</summary>
    public Span<float> Entropies => _entropies.AsSpan(0, Count);

    /// <summary>Natural log-probability of each sampled token under the raw distribution.</summary>
    public Span<float> Logprobs => _logprobs.AsSpan(0, Count);

    /// <summary>
    /// Chance that the large model takes the small one's token, where an acceptance head was asked: about drafts, and where
    /// <see cref="RunningSequence.NeedsAcceptance"/> is true about next tokens; 1 elsewhere.
    /// </summary>
    public Span<float> Acceptances => _acceptances.AsSpan(0, Count);

    /// <summary>Probability of the most likely token under the raw distribution.</summary>
    public Span<float> TopProbabilities => _topProbabilities.AsSpan(0, Count);

    /// <summary>Distance from it to the probability of the second; NaN where <see cref="RunningSequence.NeedsMargin"/> is false.</summary>
    public Span<float> Margins => _margins.AsSpan(0, Count);

    /// <summary>The most likely tokens at each sample; null where the request did not ask.</summary>
    public Span<TokenLogprob[]?> TopLogprobs => _topLogprobs.AsSpan(0, Count);

    /// <summary>The layers that were void at each sample (<see cref="ScheduledSequence.WantsVoidLayers"/>); null where the request did not ask.</summary>
    public Span<IReadOnlyList<int>?> VoidLayers => _voidLayers.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>The most successors that can be asked for (<see cref="RunningSequence.WantedSuccessors"/>).</summary>
    public const int MaxSuccessors = 8;

    /// <summary>The most likely tokens of the raw distribution at a sample, best first; of use only where they were asked for.</summary>
    public Span<int> Successors(int sample)
    {
        if (_successors.Length < Count * MaxSuccessors) Array.Resize(ref _successors, _tokens.Length * MaxSuccessors);
        return _successors.AsSpan(sample * MaxSuccessors, MaxSuccessors);
    }

    /// <summary>
    /// Log-probabilities of prompt tokens: the token itself first, then the most likely ones; and the entropy in bits of the distribution.
    /// </summary>
    public IReadOnlyList<(Sequence Sequence, int Position, TokenLogprob[] Logprobs, float Entropy)> PromptLogprobs => _promptLogprobs;

    /// <summary>The routes that came of prompts which this forward completed.</summary>
    public IReadOnlyList<RouteDecision> Routes => _routes;

    /// <summary>Empties the result and makes room for that many samples.</summary>
    public void Reset(int count)
    {
        Count = count;
        _promptLogprobs.Clear();
        _routes.Clear();
        if (_tokens.Length < count)
        {
            int capacity = Math.Max(count, 2 * _tokens.Length);
            (_tokens, _entropies, _logprobs, _acceptances) = (new int[capacity], new float[capacity], new float[capacity], new float[capacity]);
            (_topProbabilities, _margins) = (new float[capacity], new float[capacity]);
            (_topLogprobs, _voidLayers) = (new TokenLogprob[]?[capacity], new IReadOnlyList<int>?[capacity]);
        }

        TopLogprobs.Clear();
        VoidLayers.Clear();
        Acceptances.Fill(1);
        Margins.Fill(float.NaN);
    }

    public void AddRoute(in RouteDecision decision) => _routes.Add(decision);

    public void AddPromptLogprobs(Sequence sequence, int position, TokenLogprob[] logprobs, float entropy) =>
        _promptLogprobs.Add((sequence, position, logprobs, entropy));
}
