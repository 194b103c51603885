namespace AdaptiveServe.Lab.Evaluation.Results;

/// <summary>What all replies of an evaluation cost together, counted as a server reports it for a request.</summary>
internal sealed class EvaluationCosts(IReadOnlyList<ExampleResult> examples, int largeLayers)
{
    public long PromptTokens { get; } = examples.Sum(result => (long)result.PromptTokens);

    /// <summary>End tokens included.</summary>
    public long CompletionTokens { get; } = examples.Sum(result => (long)result.CompletionTokens);

    /// <summary>Completion tokens drawn from the small model.</summary>
    public long SmallTokens { get; } = examples.Sum(result => (long)result.Stats.SmallTokens);

    /// <summary>Completion tokens drawn from the large model.</summary>
    public long LargeTokens { get; } = examples.Sum(result => (long)result.Stats.LargeTokens);

    /// <summary>Completion tokens that the large model generated, or ran over to catch up.</summary>
    public long ProcessedByLarge { get; } = examples.Sum(result => (long)result.Stats.ProcessedByLarge);

    /// <summary>Times that the generating model changed within a reply.</summary>
    public long Switches { get; } = examples.Sum(result => (long)result.Stats.Switches);

    /// <summary>Forwards of the small model, counted once for each sequence in them.</summary>
    public long SmallForwards { get; } = examples.Sum(result => (long)result.Stats.SmallForwards);

    /// <inheritdoc cref="SmallForwards"/>
    public long LargeForwards { get; } = examples.Sum(result => (long)result.Stats.LargeForwards);

    public long Drafted { get; } = examples.Sum(result => (long)result.Stats.Drafted);

    public long Accepted { get; } = examples.Sum(result => (long)result.Stats.Accepted);

    /// <summary>Layers of the large model over all tokens that it generated: run, left out, and run a second time.</summary>
    public LayerTotals Layers { get; } = new(
        examples.Sum(result => (long)result.Stats.LargeTokens * largeLayers - result.RoutedTokens * (result.Route?.Skipped ?? 0)),
        examples.Sum(result => result.RoutedTokens * (result.Route?.Skipped ?? 0)),
        examples.Sum(result => result.RoutedTokens * (result.Route?.Repeated ?? 0)));
}
