namespace AdaptiveServe.Lab.DemoSuite;

/// <param name="Prompt">What the user says.</param>
/// <param name="Opening">What a reply to just these words begins with: empty, or a sentence and a space.</param>
internal sealed record Question(string Prompt, string Opening);
