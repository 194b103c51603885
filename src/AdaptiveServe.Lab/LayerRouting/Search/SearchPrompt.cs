using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>A prompt whose paths are searched.</summary>
/// <param name="Example">What is asked, and how a reply is judged.</param>
/// <param name="Tokens">The prompt.</param>
/// <param name="Reply">What the whole model replies, its end token included.</param>
/// <param name="IsRight">Whether that is right.</param>
internal sealed record SearchPrompt(EvaluationExample Example, int[] Tokens, int[] Reply, bool IsRight);
