using System.Numerics.Tensors;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Torch.Sampling;

/// <summary>The distribution a token is drawn from: softmax at a temperature, then top-k, top-p and min-p, renormalised after each.</summary>
/// <remarks>Equal probabilities are kept in the order of their token ids, so that the same logits always give the same set.</remarks>
internal sealed class TokenDistribution(int vocabulary)
{
    // How far below the most likely token to look for the kept ones; nearly always the first is enough and little is sorted.
    private static readonly float[] Thresholds = [1e-2f, 1e-4f, 1e-8f, 0f];

    private readonly float[] _weights = new float[vocabulary];
    private readonly ulong[] _sorted = new ulong[vocabulary];
    private int _kept;
    private bool _isSorted;

    /// <summary>Sum of the kept weights.</summary>
    private double _mass;

    /// <summary>Computes the distribution of <paramref name="logits"/>, which become scratch.</summary>
    public void Compute(SamplingParams sampling, Span<float> logits)
    {
        float max = TensorPrimitives.Max(logits);
        TensorPrimitives.Subtract(logits, max, logits);
        TensorPrimitives.Divide(logits, sampling.Temperature, logits);
        TensorPrimitives.Exp(logits, _weights); // relative to the most likely token, whose weight is 1
        _isSorted = sampling.TopK > 0 && sampling.TopK < vocabulary || sampling.TopP < 1;
        if (_isSorted) KeepMostLikely(sampling);
        else KeepAll(sampling.MinP);
    }

    /// <summary>The token at a point of the cumulative distribution.</summary>
    /// <param name="uniform">In [0, 1).</param>
    public int Draw(double uniform)
    {
        double left = uniform * _mass;
        int last = 0;
        for (int i = 0; i < _kept; i++)
        {
            int token = _isSorted ? (int)(uint)_sorted[i] : i;
            float weight = _weights[token];
            if (weight == 0) continue;
            last = token;
            left -= weight;
            if (left < 0) break;
        }

        return last; // rounding may leave a rest after the last kept token
    }

    /// <summary>Probability of a token; for tests and verification.</summary>
    public double Probability(int token)
    {
        if (!_isSorted) return _weights[token] / _mass;
        for (int i = 0; i < _kept; i++)
            if ((int)(uint)_sorted[i] == token) return _weights[token] / _mass;
        return 0;
    }

    private void KeepAll(float minP)
    {
        _kept = vocabulary;
        _mass = 0;
        for (int token = 0; token < _weights.Length; token++)
        {
            if (_weights[token] < minP) _weights[token] = 0;
            _mass += _weights[token];
        }
    }

    private void KeepMostLikely(SamplingParams sampling)
    {
        int most = sampling.TopK > 0 ? Math.Min(sampling.TopK, vocabulary) : vocabulary;
        foreach (float threshold in Thresholds)
        {
            int count = Sort(threshold);
            bool hasAll = threshold == 0;
            if (!hasAll && most < vocabulary && count < most) continue;
            count = Math.Min(count, most);
            double mass = most < vocabulary || hasAll ? Mass(count) : TotalMass();
            if (TryKeepShare(count, sampling.TopP, mass) || hasAll) break;
        }

        while (_kept > 1 && Weight(_kept - 1) < sampling.MinP) _kept--;
        _mass = Mass(_kept);
    }

    /// <summary>Keeps the shortest head of the sorted tokens that reaches the share; false when they do not reach it.</summary>
    private bool TryKeepShare(int count, float share, double mass)
    {
        double reached = 0;
        for (_kept = 0; _kept < count;)
        {
            reached += Weight(_kept++);
            if (share < 1 && reached >= share * mass) return true;
        }

        return share >= 1;
    }

    /// <summary>Sorts the tokens of at least that weight, most likely first.</summary>
    private int Sort(float threshold)
    {
        int count = 0;
        for (int token = 0; token < _weights.Length; token++)
        {
            // The bits of positive floats order like the floats; inverted, larger ones come first and equal ones by token.
            if (_weights[token] >= threshold)
                _sorted[count++] = (ulong)~BitConverter.SingleToUInt32Bits(_weights[token]) << 32 | (uint)token;
        }

        _sorted.AsSpan(0, count).Sort();
        return count;
    }

    private float Weight(int rank) => _weights[(int)(uint)_sorted[rank]];

    private double Mass(int count)
    {
        double mass = 0;
        for (int rank = 0; rank < count; rank++) mass += Weight(rank);
        return mass;
    }

    private double TotalMass()
    {
        double mass = 0;
        foreach (float weight in _weights) mass += weight;
        return mass;
    }
}
