using System.Text.Json.Serialization;
using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.Evaluation.Results;

/// <summary>A reply as a line of a file.</summary>
internal sealed record AnswerLine(string Task)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Prompt { get; init; }

    /// <summary>In the place of the prompt, for conversations.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EvaluationMessage>? Messages { get; init; }

    public required string Answer { get; init; }

    public required string Checker { get; init; }

    public required string Reply { get; init; }

    public required bool Correct { get; init; }

    public required bool Truncated { get; init; }

    public static AnswerLine Of(ExampleResult result) => new(result.Example.Task)
    {
        Prompt = result.Example.Prompt,
        Messages = result.Example.Prompt is null ? result.Example.Messages : null,
        Answer = result.Example.Answer,
        Checker = result.Example.Checker.Name,
        Reply = result.Reply,
        Correct = result.IsCorrect,
        Truncated = result.IsTruncated,
    };
}
