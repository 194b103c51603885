using System.Diagnostics;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;

namespace AdaptiveServe.Server.Telemetry;

/// <summary>Records requests: one span, one log line and the metrics of each. No text of a prompt or an answer is in any of them.</summary>
internal sealed partial class RequestTelemetry(ServerMetrics metrics, TimeProvider time, ILogger<RequestTelemetry> logger) : IDisposable
{
    public const string SourceName = "AdaptiveServe";

    private readonly ActivitySource _source = new(SourceName);

    public ServerMetrics Metrics { get; } = metrics;

    public RequestRecord Begin(string operation, string requestId, GenerationRequest request, StreamPlan plan)
    {
        Activity? activity = _source.StartActivity($"{operation} {request.ModelName}", ActivityKind.Server);
        if (activity is not null) Describe(activity, request, plan);
        return new RequestRecord(this, operation, requestId, request, activity, time);
    }

    public void End(RequestRecord record)
    {
        Metrics.CountRequest(record);
        if (record.Activity is { } activity) Conclude(activity, record);
        string outcome = record.Failure?.Code ?? (record.ClientLeft ? "client_left" : FinishReasons(record.Generation));
        Log.Request(logger, record.RequestId, record.Operation, record.Request.ModelName, record.Request.Adaptive.Target, record.Request.Adaptive.Proposal,
            record.Request.Prompts.Sum(prompt => prompt.Length), record.Generation?.CompletionTokens ?? 0, outcome,
            record.TimeToFirstToken?.TotalMilliseconds ?? 0, record.Duration.TotalMilliseconds);
    }

    public void Dispose() => _source.Dispose();

    private static void Describe(Activity activity, GenerationRequest request, StreamPlan plan)
    {
        SamplingParams sampling = request.Sampling;
        activity.SetTag("gen_ai.request.choice.count", request.ChoicesPerPrompt)
            .SetTag("gen_ai.request.stream", plan.Streams)
            .SetTag("gen_ai.request.temperature", sampling.Temperature)
            .SetTag("gen_ai.request.top_p", sampling.TopP)
            .SetTag("gen_ai.request.top_k", sampling.TopK)
            .SetTag("gen_ai.request.max_tokens", sampling.MaxTokens)
            .SetTag("adaptiveserve.target", request.Adaptive.Target)
            .SetTag("adaptiveserve.proposal", request.Adaptive.Proposal);
    }

    private static void Conclude(Activity activity, RequestRecord record)
    {
        foreach (KeyValuePair<string, object?> tag in record.Tags()) activity.SetTag(tag.Key, tag.Value);
        if (record.Generation is { } generation)
        {
            activity.SetTag("gen_ai.usage.input_tokens", generation.PromptTokens)
                .SetTag("gen_ai.usage.output_tokens", generation.CompletionTokens)
                .SetTag("gen_ai.usage.cache_read.input_tokens", generation.CachedPromptTokens)
                .SetTag("gen_ai.response.finish_reasons", generation.Choices.Select(choice => choice.FinishReason ?? "error").ToArray());
        }

        if (record.Failure is { } failure) activity.SetStatus(ActivityStatusCode.Error, failure.Code);
    }

    private static string FinishReasons(RunningGeneration? generation) =>
        generation is null ? "none" : string.Join(',', generation.Choices.Select(choice => choice.FinishReason).Distinct());

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information,
            "{RequestId} {Operation} {Model} target {Target} proposal {Proposal}: {PromptTokens} + {CompletionTokens} tokens, {Outcome}, "
            + "first token after {FirstToken:F1} ms, {Duration:F1} ms in all")]
        public static partial void Request(
            ILogger logger, string requestId, string operation, string model, string target, string proposal, int promptTokens, int completionTokens,
            string outcome, double firstToken, double duration);
    }
}
