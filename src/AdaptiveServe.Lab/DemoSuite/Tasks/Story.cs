namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <param name="Text">The problem with its question.</param>
/// <param name="Work">Its solution, a computation a sentence; the result is its last number.</param>
/// <param name="Result">What is asked for.</param>
internal sealed record Story(string Text, string Work, int Result);
