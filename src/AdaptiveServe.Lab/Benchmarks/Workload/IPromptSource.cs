namespace AdaptiveServe.Lab.Benchmarks.Workload;

/// <summary>Where prompts come from. Asked by one thread at a time.</summary>
internal interface IPromptSource
{
    /// <param name="index">Of the request; negative ones are for warming up. The same index gives the same prompt.</param>
    /// <param name="tokens">About how long the prompt shall be, where the source can choose.</param>
    Prompt Get(int index, int tokens);
}
