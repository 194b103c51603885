using System.Security.Cryptography;
using System.Text.Json;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Evaluation.Suites;

/// <param name="Task">The name under which it is counted.</param>
/// <param name="Messages">What is said before the reply; the last message is not the assistant's.</param>
/// <param name="Answer">What the checker looks for in a reply.</param>
/// <param name="Checker">How.</param>
internal sealed record EvaluationExample(string Task, IReadOnlyList<EvaluationMessage> Messages, string Answer, Checker Checker)
{
    private const int HashBytes = 16;

    /// <summary>The text of an example that is one message of the user; null for other conversations.</summary>
    public string? Prompt => Messages is [{ Role: "user", Content: var text }] ? text : null;

    /// <summary>
    /// A hash in hexadecimal digits of what is asked and of how a reply is judged: results are comparable where it is the same.
    /// </summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(new { Messages, Answer, Checker = Checker.Name }, LabJson.Line)).AsSpan(0, HashBytes));

    public static EvaluationExample Of(DemoExample example) =>
        new(example.Task, [new("user", example.Prompt)], example.Answer, example.Checker);
}
