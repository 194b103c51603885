using System.Globalization;
using AdaptiveServe.Lab.Evaluation.Results;

namespace AdaptiveServe.Lab.Evaluation.Methods;

/// <summary>
/// A control: each prompt goes to one model for its whole reply, the large one where the small one is unsure of the prompt. Its replies
/// are those of the two models alone, so that it is put together from their runs.
/// </summary>
internal sealed class PromptRouting
{
    public const string Kind = "prompt routing";

    private readonly ExampleResult[] _small, _large;
    private readonly int[] _bySurprise;
    private readonly int[] _counts;

    /// <param name="small">The small model's results, seed after seed.</param>
    /// <param name="large">The large one's on the same examples.</param>
    /// <param name="entropies">Of the prompts, seed after seed.</param>
    public PromptRouting(IReadOnlyList<EvaluationResult> small, IReadOnlyList<EvaluationResult> large, IReadOnlyList<double> entropies)
    {
        _small = [.. small.SelectMany(result => result.Examples)];
        _large = [.. large.SelectMany(result => result.Examples)];
        _counts = [.. large.Select(result => result.Examples.Count)];
        _bySurprise = [.. Enumerable.Range(0, _large.Length).OrderByDescending(i => entropies[i])];
    }

    /// <summary>Sends as many prompts to the large model as bring its share of the tokens nearest to one.</summary>
    public MethodRun At(double share)
    {
        long largeTokens = 0, tokens = _small.Sum(result => (long)result.CompletionTokens);
        int routed = 0, best = 0;
        double nearest = share;
        foreach (int example in _bySurprise)
        {
            largeTokens += _large[example].CompletionTokens;
            tokens += _large[example].CompletionTokens - _small[example].CompletionTokens;
            routed++;
            double distance = Math.Abs(largeTokens / (double)tokens - share);
            if (distance < nearest) (nearest, best) = (distance, routed);
        }

        return Route(best);
    }

    private MethodRun Route(int count)
    {
        HashSet<int> toLarge = [.. _bySurprise.Take(count)];
        ExampleResult[] results = [.. Enumerable.Range(0, _large.Length).Select(i => toLarge.Contains(i) ? _large[i] : _small[i])];
        long largeTokens = toLarge.Sum(i => (long)_large[i].CompletionTokens);
        bool[] correct = [.. results.Select(result => result.IsCorrect)];
        return new MethodRun
        {
            Name = Kind,
            Kind = Kind,
            Setting = string.Create(CultureInfo.InvariantCulture, $"{count} of {results.Length} prompts"),
            Correct = correct,
            SeedAccuracies = [.. Seeds(correct)],
            CompletionTokens = results.Sum(result => (long)result.CompletionTokens),
            LargeTokens = largeTokens,
            ProcessedByLarge = largeTokens,
            Switches = 0,
        };
    }

    private IEnumerable<double> Seeds(bool[] correct)
    {
        int from = 0;
        foreach (int count in _counts)
        {
            yield return correct.AsSpan(from, count).Count(true) / (double)count;
            from += count;
        }
    }
}
