using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite;

/// <param name="Task">The name of its task.</param>
/// <param name="Prompt">What the user says.</param>
/// <param name="Response">What the assistant is trained to reply.</param>
/// <param name="Answer">What the checker looks for in a reply.</param>
/// <param name="Checker">How.</param>
internal sealed record DemoExample(string Task, string Prompt, string Response, string Answer, Checker Checker);
