using System.Text.Json;
using System.Text.Json.Serialization;
using AdaptiveServe.Lab.Benchmarks.Results;

namespace AdaptiveServe.Lab.Benchmarks;

/// <summary>What is sent, where to, when, and what is asked of the answers.</summary>
internal sealed record BenchOptions
{
    /// <value>Address of the server; its path may end in <c>/v1</c>.</value>
    public required Uri Url { get; init; }

    public BenchApi Api { get; init; } = BenchApi.Chat;

    /// <value>By default the first that the server lists.</value>
    public string? Model { get; init; }

    [JsonIgnore] // reports are passed on
    public string? ApiKey { get; init; }

    /// <value>How many requests are measured. By default 100, or as many as the trace has.</value>
    public int? Requests { get; init; }

    /// <value>How many are sent before, unmeasured. Default 1.</value>
    public int Warmup { get; init; } = 1;

    /// <value>How many may be under way at a time. Default 1.</value>
    public int Concurrency { get; init; } = 1;

    /// <value>Mean arrivals in a second of a Poisson process; null for none.</value>
    public double? Rate { get; init; }

    /// <value>File with arrivals and lengths; null for none.</value>
    public string? Trace { get; init; }

    /// <value>Stretches (above 1) or compresses the trace's time.</value>
    public double TimeScale { get; init; } = 1;

    /// <value>Factor of the trace's prompt lengths.</value>
    public double PromptScale { get; init; } = 1;

    /// <value>Factor of the trace's output lengths.</value>
    public double OutputScale { get; init; } = 1;

    /// <value>About how many tokens a synthetic prompt has.</value>
    public int PromptTokens { get; init; } = 128;

    public int MaxTokens { get; init; } = 64;

    /// <value>File with prompts; null for synthetic ones.</value>
    public string? Prompts { get; init; }

    /// <value>Sent along where given; otherwise the server's default holds.</value>
    public double? Temperature { get; init; }

    /// <value>The request's <c>adaptive</c> object; null for none.</value>
    public JsonElement? Adaptive { get; init; }

    /// <value>Of arrivals, prompts and sampling: request i is sampled with seed + i.</value>
    public int Seed { get; init; }

    /// <value>For one request, from sending to its last byte.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    public ServiceLevel? ServiceLevel { get; init; }
}
