using System.Numerics.Tensors;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Compute;

namespace AdaptiveServe.Torch.Sampling;

/// <summary>Draws the tokens of a batch on the host from what <see cref="LogitsResult"/> brought there.</summary>
internal sealed class Sampler(int vocabulary, IReadOnlyList<int> eosIds)
{
    private readonly LogitsProcessors _processors = new(vocabulary, eosIds);
    private readonly TokenDistribution _distribution = new(vocabulary);
    private readonly float[] _work = new float[vocabulary];
    private int[] _history = [];
    private bool[] _wantsRow = [];

    /// <summary>For each sample of the batch, whether it needs the whole row of logits: plain greedy rows do not.</summary>
    public ReadOnlySpan<bool> WantedRows(StepBatch batch)
    {
        if (_wantsRow.Length < batch.SampleCount) _wantsRow = new bool[Math.Max(batch.SampleCount, 2 * _wantsRow.Length)];
        foreach (ref readonly ScheduledSequence row in batch.Rows)
        {
            SamplingParams sampling = row.Running.Sequence.Sampling;
            for (int i = 0; i < row.SampleCount; i++)
            {
                _wantsRow[row.FirstSample + i] = !row.TakesMostLikely
                    && (sampling.Temperature > 0 || sampling.Logprobs is > 0 || row.Running.NeedsMargin || row.Running.WantedSuccessors > 0
                        || LogitsProcessors.Apply(sampling, Generated(row, i)));
            }
        }

        return _wantsRow.AsSpan(0, batch.SampleCount);
    }

    /// <summary>Draws every sample.</summary>
    /// <exception cref="InvalidOperationException">The model's logits are not finite.</exception>
    public void Sample(StepBatch batch, LogitsResult logits, StepResult result)
    {
        foreach (ref readonly ScheduledSequence row in batch.Rows)
            for (int i = 0; i < row.SampleCount; i++) Sample(row, i, logits, result);
    }

    /// <summary>The log-probability of a token first and then those of the most likely ones, under raw logits.</summary>
    public static TokenLogprob[] Logprobs(ReadOnlySpan<float> logits, float logSumExp, int token, int top)
    {
        TokenLogprob[] best = Top(logits, logSumExp, top);
        return [new TokenLogprob(token, logits[token] - logSumExp), .. best];
    }

    private static int Generated(in ScheduledSequence row, int sample) => Position(row, sample) - row.Running.Sequence.PromptLength;

    /// <summary>Position of the token that a sample draws.</summary>
    private static int Position(in ScheduledSequence row, int sample) => row.Start + row.Count - row.SampleCount + sample + 1;

    private void Sample(in ScheduledSequence row, int i, LogitsResult logits, StepResult result)
    {
        int sample = row.FirstSample + i;
        SamplingParams sampling = row.Running.Sequence.Sampling;
        float logSumExp = logits.LogSumExp[sample];
        if (!float.IsFinite(logSumExp)) throw new InvalidOperationException("The model's logits are not finite.");

        int token = logits.ArgMax[sample];
        float logit = logits.Max[sample];
        if (_wantsRow[sample])
        {
            Span<float> raw = logits.Row(sample);
            token = Draw(row, i, sampling, raw, token);
            logit = raw[token];
            if (sampling.Logprobs is { } top) result.TopLogprobs[sample] = Top(raw, logSumExp, top);
            if (row.Running.WantedSuccessors > 0) MostLikely(raw, result.Successors(sample)[..row.Running.WantedSuccessors]);
            if (row.Running.NeedsMargin) result.Margins[sample] = Margin(raw, logits.ArgMax[sample], logSumExp);
        }
        else if (!row.TakesMostLikely && sampling.Logprobs is 0)
        {
            result.TopLogprobs[sample] = [];
        }

        result.Tokens[sample] = token;
        result.Entropies[sample] = logits.Entropy[sample];
        result.TopProbabilities[sample] = MathF.Exp(logits.Max[sample] - logSumExp);
        result.Logprobs[sample] = logit - logSumExp;
    }

    /// <summary>Distance between the two largest probabilities.</summary>
    private static float Margin(Span<float> logits, int argmax, float logSumExp)
    {
        float largest = logits[argmax];
        logits[argmax] = float.NegativeInfinity; // for a moment: the largest of the others
        float second = TensorPrimitives.Max(logits);
        logits[argmax] = largest;
        return MathF.Exp(largest - logSumExp) - MathF.Exp(second - logSumExp);
    }

    private int Draw(in ScheduledSequence row, int i, SamplingParams sampling, ReadOnlySpan<float> raw, int argmax)
    {
        int position = Position(row, i), promptLength = row.Running.Sequence.PromptLength;
        bool isProcessed = LogitsProcessors.Apply(sampling, position - promptLength);
        if (sampling.Temperature == 0 && !isProcessed) return argmax;

        Span<float> work = _work;
        raw.CopyTo(work);
        if (isProcessed)
        {
            if (_history.Length < position) _history = new int[Math.Max(position, 2 * _history.Length)];
            Span<int> history = _history.AsSpan(0, position);
            row.CopyTokens(0, history);
            _processors.Run(sampling, history, promptLength, work);
        }

        if (sampling.Temperature == 0) return TensorPrimitives.IndexOfMax(work);
        _distribution.Compute(sampling, work);
        return _distribution.Draw(CounterRandom.Uniform(sampling.Seed, position, RandomPurpose.Sample));
    }

    private static TokenLogprob[] Top(ReadOnlySpan<float> logits, float logSumExp, int count)
    {
        Span<int> ids = count <= 256 ? stackalloc int[count] : new int[count];
        ids = ids[..MostLikely(logits, ids)];
        var best = new TokenLogprob[ids.Length];
        for (int i = 0; i < best.Length; i++) best[i] = new TokenLogprob(ids[i], logits[ids[i]] - logSumExp);
        return best;
    }

    /// <summary>Finds the tokens with the largest logits, best first and of equals the first.</summary>
    /// <returns>How many: all that were asked for, or the vocabulary.</returns>
    private static int MostLikely(ReadOnlySpan<float> logits, Span<int> best)
    {
        int count = 0;
        for (int token = 0; token < logits.Length && best.Length > 0; token++)
        {
            float logit = logits[token];
            if (count == best.Length && logit <= logits[best[^1]]) continue;
            int at = count < best.Length ? count++ : count - 1;
            for (; at > 0 && logits[best[at - 1]] < logit; at--) best[at] = best[at - 1];
            best[at] = token;
        }

        return count;
    }
}
