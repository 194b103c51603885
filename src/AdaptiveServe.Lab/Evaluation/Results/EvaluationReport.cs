using System.Text.Json.Serialization;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Engine.Strategies.Targets.Controls;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.Evaluation.Statistics;

namespace AdaptiveServe.Lab.Evaluation.Results;

/// <summary>An evaluation as it is written to a file.</summary>
internal sealed record EvaluationReport
{
    public required DateTimeOffset StartedAt { get; init; }

    public required string Model { get; init; }

    public required string? SmallModel { get; init; }

    public required string? Adapter { get; init; }

    /// <summary><c>demo</c>, or the path of a file.</summary>
    public required string Suite { get; init; }

    /// <summary><c>in</c> or <c>out</c>, for the demo suite.</summary>
    public required string? Difficulty { get; init; }

    public required int Seed { get; init; }

    public required string? Alias { get; init; }

    public required string Target { get; init; }

    public required string Proposal { get; init; }

    /// <summary>Where the target looks at it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EntropySwitchingOptions? Entropy { get; init; }

    /// <summary>Settings of the target <c>routed</c>; null with others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoutingOptions? Routing { get; init; }

    /// <inheritdoc cref="Entropy"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CascadeOptions? Cascade { get; init; }

    /// <inheritdoc cref="Entropy"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ControlOptions? Control { get; init; }

    /// <summary>Where there is a proposal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SpeculationOptions? Speculation { get; init; }

    public required int Concurrency { get; init; }

    public required int MaxTokens { get; init; }

    public required float Temperature { get; init; }

    /// <summary>False where prompts went to the model as they are.</summary>
    public required bool ChatTemplate { get; init; }

    public required int N { get; init; }

    public required double Accuracy { get; init; }

    public required Interval Interval95 { get; init; }

    public required IReadOnlyDictionary<string, Score> Tasks { get; init; }

    public required TokenTotals Tokens { get; init; }

    public required ForwardTotals Forwards { get; init; }

    public required long Drafted { get; init; }

    public required long Accepted { get; init; }

    /// <summary>Times that the generating model changed within a reply.</summary>
    public required long Switches { get; init; }

    public required LayerTotals Layers { get; init; }

    /// <summary>Replies that ended at their length limit.</summary>
    public required int Truncated { get; init; }

    public required double Seconds { get; init; }

    public required double TokensPerSecond { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Comparison? Comparison { get; init; }

    /// <summary>One for each example, in the order of the suite.</summary>
    public required IReadOnlyList<RecordedResult> Results { get; init; }
}

/// <param name="Prompt">Of all prompts.</param>
/// <param name="Small">Drawn from the small model.</param>
/// <param name="Large">Drawn from the large model.</param>
/// <param name="ProcessedByLarge">Completion tokens that the large model generated or ran over to catch up.</param>
/// <param name="Completion">Of all replies.</param>
internal sealed record TokenTotals(long Prompt, long Small, long Large, long ProcessedByLarge, long Completion);

/// <summary>Forwards, counted once for each sequence in them.</summary>
internal sealed record ForwardTotals(long Small, long Large);

/// <summary>Layers of the large model, summed over the tokens that it generated.</summary>
internal sealed record LayerTotals(long Executed, long Skipped, long Repeated);

/// <param name="Task">Its task.</param>
/// <param name="PromptHash">Says which example it was (<see cref="Suites.EvaluationExample.Hash"/>).</param>
/// <param name="Correct">Whether it was answered correctly.</param>
internal sealed record RecordedResult(string Task, string PromptHash, bool Correct);
