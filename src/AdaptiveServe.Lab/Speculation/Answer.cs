namespace AdaptiveServe.Lab.Speculation;

/// <summary>A prompt and what the large model said to it.</summary>
/// <param name="Task">The name under which it is counted.</param>
/// <param name="Tokens">Prompt and answer.</param>
/// <param name="PromptLength">Tokens of the prompt.</param>
internal sealed record Answer(string Task, int[] Tokens, int PromptLength)
{
    public int Count => Tokens.Length - PromptLength;
}
