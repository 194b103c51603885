using System.Diagnostics;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Errors;

namespace AdaptiveServe.Server.Telemetry;

/// <summary>What is recorded of one request while it is served. Disposing it writes its metrics, its span and its log line.</summary>
internal sealed class RequestRecord(
    RequestTelemetry telemetry, string operation, string requestId, GenerationRequest request, Activity? activity, TimeProvider time) : IDisposable
{
    private readonly long _started = time.GetTimestamp();
    private readonly Lock _gate = new();
    private long _firstToken, _lastToken, _ended;
    private int _tokens;

    public string Operation { get; } = operation;

    public string RequestId { get; } = requestId;

    public GenerationRequest Request { get; } = request;

    public Activity? Activity { get; } = activity;

    /// <summary>Set once the engine has taken the request.</summary>
    public RunningGeneration? Generation { get; set; }

    /// <summary>Why it failed.</summary>
    public ApiException? Failure { get; set; }

    public bool ClientLeft { get; set; }

    public TimeSpan Duration => time.GetElapsedTime(_started, _ended);

    /// <summary>Null when none came.</summary>
    public TimeSpan? TimeToFirstToken => _tokens > 0 ? time.GetElapsedTime(_started, _firstToken) : null;

    /// <summary>Null when less than two came.</summary>
    public TimeSpan? TimePerToken => _tokens > 1 ? time.GetElapsedTime(_firstToken, _lastToken) / (_tokens - 1) : null;

    /// <summary>A token of any choice came. Safe for any thread.</summary>
    public void OnToken(in GeneratedToken token)
    {
        lock (_gate)
        {
            _lastToken = time.GetTimestamp();
            if (_tokens++ == 0) _firstToken = _lastToken;
        }

        telemetry.Metrics.CountToken(token);
    }

    /// <summary>The attributes of the GenAI conventions.</summary>
    public TagList Tags()
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", Operation },
            { "gen_ai.provider.name", "adaptiveserve" },
            { "gen_ai.request.model", Request.ModelName },
            { "gen_ai.response.model", Request.Model.Name },
        };
        if (Failure is not null) tags.Add("error.type", Failure.Code ?? "error");
        else if (ClientLeft) tags.Add("error.type", "client_left");
        return tags;
    }

    public void Dispose()
    {
        _ended = time.GetTimestamp();
        telemetry.End(this);
        Activity?.Dispose();
    }
}
