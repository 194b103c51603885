using AdaptiveServe.Lab.Benchmarks.Client;

namespace AdaptiveServe.Lab.Benchmarks.Results;

/// <summary>What a user expects of an answer; a null asks for nothing.</summary>
/// <remarks>Goodput counts the answers that keep it (Zhong et al., DistServe, OSDI 2024).</remarks>
internal sealed record ServiceLevel(TimeSpan? TimeToFirstToken, TimeSpan? TimePerOutputToken)
{
    /// <summary>An answer without text is as late as its end; one without token counts cannot show that it was fast.</summary>
    public bool IsMetBy(Reply reply)
    {
        bool isPrompt = TimeToFirstToken is not { } first || (reply.TimeToFirstToken ?? reply.EndToEnd) <= first;
        bool isFast = TimePerOutputToken is not { } each
            || (reply.TimePerOutputToken is { } measured ? measured <= each : reply.Usage is not null);
        return isPrompt && isFast;
    }
}
