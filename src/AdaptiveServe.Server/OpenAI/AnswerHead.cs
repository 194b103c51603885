using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Adaptive;

namespace AdaptiveServe.Server.OpenAI;

/// <summary>What all parts of an answer have in common, in either endpoint.</summary>
/// <param name="Id">The answer's id.</param>
/// <param name="Created">Unix time.</param>
/// <param name="Generation">What is answered.</param>
internal sealed record AnswerHead(string Id, long Created, RunningGeneration Generation)
{
    public string Model => Generation.Request.ModelName;

    public bool WantsLogprobs => Generation.Request.Sampling.Logprobs is not null;

    public bool WantsTrace => Generation.Request.Adaptive.Trace;

    /// <summary>The trace of a choice's newly settled tokens; null when none was asked for.</summary>
    public AdaptiveTrace? TraceOf(Choice choice) =>
        WantsTrace ? new AdaptiveTrace([.. choice.SettledTokens.Select(token => TraceRecord.Of(token.Token, Generation.Request.Model))]) : null;
}
