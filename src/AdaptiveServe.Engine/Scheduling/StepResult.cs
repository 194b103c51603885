using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>What a forward gave: one entry per sample of its <see cref="StepBatch"/>. Filled by the runner, reused by every step.</summary>
public sealed class StepResult
{
    private readonly List<(Sequence Sequence, int Position, TokenLogprob[] Logprobs)> _promptLogprobs = [];
    private int[] _tokens = [];
    private float[] _entropies = [], _logprobs = [];
    private TokenLogprob[]?[] _topLogprobs = [];

    /// <summary>The sampled tokens.</summary>
    public Span<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Entropy of the raw distribution at each sample, in bits.</summary>
    public Span<float> Entropies => _entropies.AsSpan(0, Count);

    /// <summary>Natural log-probability of each sampled token under the raw distribution.</summary>
    public Span<float> Logprobs => _logprobs.AsSpan(0, Count);

    /// <summary>The most likely tokens at each sample; null where the request did not ask.</summary>
    public Span<TokenLogprob[]?> TopLogprobs => _topLogprobs.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Log-probabilities of prompt tokens: the token itself first, then the most likely ones.</summary>
    public IReadOnlyList<(Sequence Sequence, int Position, TokenLogprob[] Logprobs)> PromptLogprobs => _promptLogprobs;

    /// <summary>Empties the result and makes room for that many samples.</summary>
    public void Reset(int count)
    {
        Count = count;
        _promptLogprobs.Clear();
        if (_tokens.Length < count)
        {
            int capacity = Math.Max(count, 2 * _tokens.Length);
            (_tokens, _entropies, _logprobs) = (new int[capacity], new float[capacity], new float[capacity]);
            _topLogprobs = new TokenLogprob[]?[capacity];
        }

        TopLogprobs.Clear();
    }

    public void AddPromptLogprobs(Sequence sequence, int position, TokenLogprob[] logprobs) =>
        _promptLogprobs.Add((sequence, position, logprobs));
}
