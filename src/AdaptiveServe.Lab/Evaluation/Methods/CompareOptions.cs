namespace AdaptiveServe.Lab.Evaluation.Methods;

/// <summary>How methods are compared.</summary>
/// <param name="Seeds">Draws of the demo suite; all of a file's examples are one.</param>
/// <param name="Plot">What the names of the pictures begin with; null for none.</param>
internal sealed record CompareOptions(int Seeds, string? Plot);
