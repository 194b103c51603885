namespace AdaptiveServe.Lab.Evaluation.Suites;

/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">What is said.</param>
internal sealed record EvaluationMessage(string Role, string Content);
