using System.Diagnostics;
using System.Diagnostics.Metrics;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;

namespace AdaptiveServe.Server.Telemetry;

/// <summary>
/// The metrics of this server: the GenAI conventions of OpenTelemetry, the names that inference servers share, and what only this one has.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "AdaptiveServe";

    private static readonly string[] FailureCodes =
        ["queue_full", "too_many_sequences", "kv_memory_exceeded", "request_timeout", "internal_error", "engine_failed", "server_stopping"];

    private readonly Meter _meter;
    private readonly Counter<long> _promptTokens, _generationTokens, _successes, _refusals, _switches, _drafts, _draftTokens, _acceptedTokens, _layers;
    private readonly Histogram<double> _duration, _timeToFirstToken, _timePerToken, _entropy;
    private readonly Histogram<int> _promptLength, _generationLength;

    public ServerMetrics(IMeterFactory factory, ModelDirectory models)
    {
        _meter = factory.Create(MeterName);
        _duration = Seconds("gen_ai.server.request.duration", "Duration of a request, from its arrival to the last byte of its answer.");
        _timeToFirstToken = Seconds("gen_ai.server.time_to_first_token", "Time from a request's arrival to its first token.");
        _timePerToken = Seconds("gen_ai.server.time_per_output_token", "Time per token after the first one.");
        _promptTokens = Count("prompt_tokens", "{token}", "Tokens of prompts.");
        _generationTokens = Count("generation_tokens", "{token}", "Generated tokens, by the model that they were drawn from.");
        _successes = Count("request_success", "{choice}", "Answers, by the reason of their end.");
        _refusals = Count("request_failure", "{request}", "Requests that passed the checks and got an error, by its code.");
        _switches = Count("switches", "{switch}", "Changes of the generating model within an answer.");
        _drafts = Count("spec_decode_num_drafts", "{draft}", "Drafts that were verified.");
        _draftTokens = Count("spec_decode_num_draft_tokens", "{token}", "Drafted tokens.");
        _acceptedTokens = Count("spec_decode_num_accepted_tokens", "{token}", "Drafted tokens that verification accepted.");
        _layers = Count("layers", "{layer}", "Layers of the large model over its generated tokens: executed, skipped or repeated.");
        _entropy = _meter.CreateHistogram<double>("adaptiveserve.token_entropy", "bit", "Entropy of the distribution that a token was drawn from.");
        _promptLength = _meter.CreateHistogram<int>("adaptiveserve.request_prompt_tokens", "{token}", "Prompt tokens of a request.");
        _generationLength = _meter.CreateHistogram<int>("adaptiveserve.request_generation_tokens", "{token}", "Generated tokens of a request.");
        ObserveEngine(models);
        CountNothing();
    }

    /// <summary>A token came.</summary>
    public void CountToken(in GeneratedToken token)
    {
        KeyValuePair<string, object?> role = Tag("role", RoleName(token.Role));
        _generationTokens.Add(1, role);
        if (_entropy.Enabled) _entropy.Record(token.Entropy, role);
    }

    /// <summary>A request ended.</summary>
    public void CountRequest(RequestRecord record)
    {
        TagList tags = record.Tags();
        _duration.Record(record.Duration.TotalSeconds, tags);
        if (record.TimeToFirstToken is { } first) _timeToFirstToken.Record(first.TotalSeconds, tags);
        if (record.TimePerToken is { } each) _timePerToken.Record(each.TotalSeconds, tags);
        if (record.Failure is { } failure) _refusals.Add(1, Tag("code", failure.Code ?? "error"));
        if (record.Generation is { } generation) CountGeneration(generation, record.ClientLeft);
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string RoleName(ModelRole role) => role == ModelRole.Small ? "small" : "large";

    private void CountGeneration(RunningGeneration generation, bool clientLeft)
    {
        _promptTokens.Add(generation.PromptTokens);
        _promptLength.Record(generation.PromptTokens);
        _generationLength.Record(generation.CompletionTokens);
        foreach (Choice choice in generation.Choices)
        {
            string? reason = choice.FinishReason ?? (clientLeft ? "abort" : null);
            if (reason is not null) _successes.Add(1, Tag("finished_reason", reason));
            _switches.Add(choice.Switches);
            SequenceStats stats = choice.Sequence.Stats;
            _draftTokens.Add(stats.Drafted);
            _acceptedTokens.Add(stats.Accepted);
            _drafts.Add(stats.Drafts);
        }

        _layers.Add(generation.LargeLayers, Tag("kind", "executed"));
    }

    /// <summary>Counters that were never added to are absent, which cannot be told from broken ones.</summary>
    private void CountNothing()
    {
        foreach (Counter<long> counter in (Counter<long>[])[_promptTokens, _switches, _drafts, _draftTokens, _acceptedTokens]) counter.Add(0);
        foreach (ModelRole role in (ModelRole[])[ModelRole.Large, ModelRole.Small]) _generationTokens.Add(0, Tag("role", RoleName(role)));
        foreach (string reason in (string[])["stop", "length", "abort"]) _successes.Add(0, Tag("finished_reason", reason));
        foreach (string code in FailureCodes) _refusals.Add(0, Tag("code", code));
        foreach (string kind in (string[])["executed", "skipped", "repeated"]) _layers.Add(0, Tag("kind", kind));
    }

    private void ObserveEngine(ModelDirectory models)
    {
        Gauge("num_requests_running", "{sequence}", "Sequences that take part in steps.", snapshot => snapshot.Running);
        Gauge("num_requests_waiting", "{sequence}", "Sequences that wait for their turn.", snapshot => snapshot.Waiting);
        _meter.CreateObservableGauge("adaptiveserve.kv_cache_usage_perc", () => KvUsage(models), "1", "Share of the blocks of keys and values that is held.");
        Total("num_preemptions", "{sequence}", "Times that a sequence gave its blocks back.", snapshot => snapshot.Preemptions);
        Total("prefix_cache_queries", "{token}", "Tokens looked up when a sequence begins on a model, after a preemption too.", snapshot => snapshot.PrefixQueries);
        Total("prefix_cache_hits", "{token}", "Those that were found.", snapshot => snapshot.PrefixHits);

        void Gauge(string name, string unit, string description, Func<EngineSnapshot, int> read) =>
            _meter.CreateObservableGauge("adaptiveserve." + name, () => models.Loaded is { } model ? read(model.Engine.Snapshot()) : 0, unit, description);

        void Total(string name, string unit, string description, Func<EngineSnapshot, long> read) =>
            _meter.CreateObservableCounter("adaptiveserve." + name, () => models.Loaded is { } model ? read(model.Engine.Snapshot()) : 0, unit, description);
    }

    private static IEnumerable<Measurement<double>> KvUsage(ModelDirectory models)
    {
        if (models.Loaded is not { } model) yield break;
        EngineSnapshot snapshot = model.Engine.Snapshot();
        yield return Usage(snapshot.LargeBlocks, ModelRole.Large);
        if (model.Engine.Info.HasSmall) yield return Usage(snapshot.SmallBlocks, ModelRole.Small);

        static Measurement<double> Usage((int Held, int Total) blocks, ModelRole role) =>
            new((double)blocks.Held / blocks.Total, Tag("role", RoleName(role)));
    }

    private Histogram<double> Seconds(string name, string description) => _meter.CreateHistogram<double>(name, "s", description);

    private Counter<long> Count(string name, string unit, string description) => _meter.CreateCounter<long>("adaptiveserve." + name, unit, description);
}
