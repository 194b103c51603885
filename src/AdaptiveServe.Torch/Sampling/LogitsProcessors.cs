using System.Numerics.Tensors;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Torch.Sampling;

/// <summary>Changes raw logits as a request asks before the temperature: bias, penalties, and tokens that must not come yet.</summary>
internal sealed class LogitsProcessors(int vocabulary, IReadOnlyList<int> eosIds)
{
    private readonly int[] _generatedCounts = new int[vocabulary];
    private readonly bool[] _seen = new bool[vocabulary];

    /// <summary>True when the request changes the logits of a sequence with that many generated tokens.</summary>
    public static bool Apply(SamplingParams sampling, int generated) =>
        sampling.HasPenalties || sampling.LogitBias is { Count: > 0 } || generated < sampling.MinTokens;

    /// <param name="sampling">What the request asks.</param>
    /// <param name="history">All tokens before the one to draw, drafts included.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    /// <param name="logits">Changed in place.</param>
    public void Run(SamplingParams sampling, ReadOnlySpan<int> history, int promptLength, Span<float> logits)
    {
        if (sampling.LogitBias is { } biases)
            foreach ((int token, float bias) in biases) logits[token] += bias;
        if (sampling.HasPenalties) Penalise(sampling, history, promptLength, logits);
        if (history.Length - promptLength < sampling.MinTokens) Ban(sampling, logits);
    }

    /// <summary>Repetition counts prompt and output (Keskar et al. 2019); presence and frequency count the output only, as OpenAI does.</summary>
    private void Penalise(SamplingParams sampling, ReadOnlySpan<int> history, int promptLength, Span<float> logits)
    {
        foreach (int token in history[promptLength..]) _generatedCounts[token]++;
        foreach (int token in history)
        {
            if (_seen[token]) continue;
            _seen[token] = true;
            float logit = logits[token];
            logit = logit > 0 ? logit / sampling.RepetitionPenalty : logit * sampling.RepetitionPenalty;
            int count = _generatedCounts[token];
            if (count > 0) logit -= sampling.PresencePenalty + sampling.FrequencyPenalty * count;
            logits[token] = logit;
        }

        foreach (int token in history)
        {
            _seen[token] = false;
            _generatedCounts[token] = 0;
        }
    }

    private void Ban(SamplingParams sampling, Span<float> logits)
    {
        if (!sampling.IgnoreEos)
            foreach (int token in eosIds) logits[token] = float.NegativeInfinity;
        foreach (int token in sampling.StopTokenIds) logits[token] = float.NegativeInfinity;
        if (TensorPrimitives.Max(logits) == float.NegativeInfinity)
            throw new InvalidOperationException("Every token is banned by min_tokens and the stop tokens.");
    }
}
