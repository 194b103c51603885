using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>How well classes are told apart.</summary>
/// <param name="Accuracy">Share that is right.</param>
/// <param name="MacroF1">The mean of F1 over the classes that occur.</param>
/// <param name="F1">Of each class; NaN where it neither occurs nor is said.</param>
/// <param name="Counts">How often each class occurs.</param>
internal sealed record ClassScores(double Accuracy, double MacroF1, IReadOnlyList<double> F1, IReadOnlyList<int> Counts)
{
    /// <param name="said">What was said.</param>
    /// <param name="actual">What is.</param>
    public static ClassScores Of(IReadOnlyList<int> said, IReadOnlyList<int> actual)
    {
        int[] counts = new int[BottleneckNetwork.Classes], claims = new int[BottleneckNetwork.Classes], hits = new int[BottleneckNetwork.Classes];
        for (int i = 0; i < said.Count; i++)
        {
            counts[actual[i]]++;
            claims[said[i]]++;
            if (said[i] == actual[i]) hits[said[i]]++;
        }

        double[] f1 = [.. Enumerable.Range(0, counts.Length).Select(found => 2.0 * hits[found] / (counts[found] + claims[found]))];
        return new ClassScores(hits.Sum() / (double)said.Count, f1.Where((_, found) => counts[found] > 0).Average(), f1, counts);
    }
}
