namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>What the whole model replied to a prompt.</summary>
/// <param name="Tokens">The prompt, then the reply.</param>
/// <param name="PromptLength">Where the reply begins.</param>
internal sealed record ScoredReply(int[] Tokens, int PromptLength);
