namespace AdaptiveServe.Lab.Evaluation;

/// <param name="Text">What was generated.</param>
/// <param name="Switches">Times that the generating model changed from one token to the next.</param>
internal sealed record Reply(string Text, int Switches);
