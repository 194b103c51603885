using AdaptiveServe.Lab.Evaluation.Statistics;

namespace AdaptiveServe.Lab.Evaluation.Results;

/// <param name="N">Examples.</param>
/// <param name="Accuracy">Share of them that were answered correctly.</param>
/// <param name="Interval95">Wilson's interval of it.</param>
internal sealed record Score(int N, double Accuracy, Interval Interval95)
{
    public static Score Of(IReadOnlyCollection<ExampleResult> results)
    {
        int correct = results.Count(result => result.IsCorrect);
        return new Score(results.Count, correct / (double)results.Count, WilsonInterval.Of(correct, results.Count));
    }
}
