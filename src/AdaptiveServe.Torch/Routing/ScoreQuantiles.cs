using System.Numerics.Tensors;

namespace AdaptiveServe.Torch.Routing;

/// <summary>
/// How a router's scores are spread over the layers and prompts that it was trained for: a share of layers to run becomes the score above
/// which a layer is left out, so that the share is met in the mean over the replies to such prompts.
/// </summary>
internal sealed class ScoreQuantiles
{
    /// <summary>Entries of the table.</summary>
    public const int Count = 1001;

    private readonly float[] _values;

    /// <param name="values">Ascending: entry i is not exceeded by a share of i / (entries - 1) of the scores.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public ScoreQuantiles(float[] values)
    {
        bool isOrdered = values.Zip(values.Skip(1)).All(pair => pair.First <= pair.Second);
        if (values.Length < 2 || !isOrdered || !TensorPrimitives.IsFiniteAll(values)) throw new ArgumentException("Quantiles are two finite numbers or more, ascending.");
        _values = values;
    }

    /// <summary>The table of some scores.</summary>
    /// <param name="scores">At least one, with its weight above 0: the tokens that it decides for, as layers are counted over tokens.</param>
    public static float[] Of(IEnumerable<(float Score, double Weight)> scores)
    {
        (float Score, double Weight)[] sorted = [.. scores.OrderBy(entry => entry.Score)];
        double total = sorted.Sum(entry => entry.Weight), before = 0;
        float[] values = new float[Count];
        int at = 0;
        for (int i = 0; i < Count; i++)
        {
            while (at < sorted.Length - 1 && before + sorted[at].Weight < total * i / (Count - 1)) before += sorted[at++].Weight;
            values[i] = sorted[at].Score;
        }

        return values;
    }

    /// <summary>The score above which a layer is left out.</summary>
    /// <param name="budget">Share of layers to run; at 1 none is left out, whatever its score.</param>
    public float Threshold(double budget)
    {
        if (budget >= 1) return float.PositiveInfinity;
        double place = budget * (_values.Length - 1);
        int below = (int)place;
        return _values[below] + (float)(place - below) * (_values[below + 1] - _values[below]);
    }
}
