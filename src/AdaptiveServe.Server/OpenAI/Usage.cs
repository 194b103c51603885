using AdaptiveServe.Server.Generation;

namespace AdaptiveServe.Server.OpenAI;

/// <param name="PromptTokens">Tokens of the prompts.</param>
/// <param name="CompletionTokens">Generated tokens of all choices, end tokens included.</param>
/// <param name="TotalTokens">Both.</param>
/// <param name="PromptTokensDetails">Where the prompt's keys and values came from.</param>
internal sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens, PromptTokensDetails PromptTokensDetails)
{
    public static Usage Of(RunningGeneration generation) => new(
        generation.PromptTokens, generation.CompletionTokens, generation.PromptTokens + generation.CompletionTokens,
        new PromptTokensDetails(generation.CachedPromptTokens));
}

/// <param name="CachedTokens">Prompt tokens that were not computed again.</param>
internal sealed record PromptTokensDetails(int CachedTokens);
