using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using AdaptiveServe.Lab.Benchmarks.Results;
using AdaptiveServe.Lab.Benchmarks.Workload;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Benchmarks;

/// <summary>The options of the load generator on the command line.</summary>
internal sealed class BenchArguments
{
    private const int OpenLoopConcurrency = 256;

    private readonly Option<string?> _url = new("--url") { Description = "Address of the server.", HelpName = "URL", Required = true };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "Model to ask; by default the first that the server lists.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _apiKey = new("--api-key") { Description = "Sent as a bearer token.", HelpName = "KEY" };
    private readonly Option<string> _api = new("--api") { Description = "Endpoint to ask.", DefaultValueFactory = _ => "chat" };
    private readonly NumberOption<int> _requests = new(
        "--requests", "Requests to measure; by default 100, or the whole trace.", 1, BenchWorkload.MaxRequests);
    private readonly NumberOption<int> _warmup = new(
        "--warmup", "Requests sent before, unmeasured; by default 1.", 0, BenchWorkload.MaxWarmup);
    private readonly NumberOption<int> _concurrency = new(
        "--concurrency", $"Requests under way at a time; by default 1, and {OpenLoopConcurrency} with --rate or --trace.", 1, 10_000);
    private readonly NumberOption<double> _rate = new(
        "--rate", "Requests arrive at random (Poisson), so many a second on average.", 0.001, 1_000_000);
    private readonly Option<string?> _trace = new("--trace")
    {
        Description = "Requests arrive as recorded: lines of time, prompt and output tokens, as the Azure LLM inference traces.",
        HelpName = "CSV",
    };
    private readonly NumberOption<double> _timeScale = new(
        "--time-scale", "Factor of the trace's times: 0.1 replays it ten times as fast.", 0, 1000);
    private readonly NumberOption<double> _promptScale = new("--prompt-scale", "Factor of the trace's prompt lengths.", 0, 1000);
    private readonly NumberOption<double> _outputScale = new("--output-scale", "Factor of the trace's output lengths.", 0, 1000);
    private readonly Option<string?> _prompts = new("--prompts")
    {
        Description = "Prompts to send in turn: objects with 'prompt', 'text', 'question', 'turns' or 'messages'. By default random words.",
        HelpName = "JSONL",
    };
    private readonly NumberOption<int> _promptTokens = new(
        "--prompt-tokens", "About how long random prompts are; by default 128.", 1, 1_000_000);
    private readonly NumberOption<int> _maxTokens = new("--max-tokens", "How long an answer may be; by default 64.", 1, 1_000_000);
    private readonly NumberOption<double> _temperature = new("--temperature", "Of sampling; by default the server's.", 0, 100);
    private readonly Option<string?> _adaptive = new("--adaptive")
    {
        Description = "The requests' 'adaptive' object.",
        HelpName = "JSON",
    };
    private readonly NumberOption<int> _seed = new("--seed", "Of arrivals, prompts and sampling; by default 0.", 0, int.MaxValue);
    private readonly NumberOption<double> _timeout = new("--timeout", "Seconds that one request may take; by default 600.", 0.001, 86_400);
    private readonly NumberOption<double> _sloTtft = new("--slo-ttft", "Goodput: milliseconds to the first token.", 0, 1e9);
    private readonly NumberOption<double> _sloTpot = new("--slo-tpot", "Goodput: milliseconds per output token.", 0, 1e9);

    public BenchArguments(Verb verb)
    {
        _api.AcceptOnlyFromAmong("chat", "completions");
        Require(_url, text => ParseUrl(text) is not null, "--url must be an http or https address without user and query.");
        Require(_apiKey, text => text?.All(character => character is > ' ' and <= '~') == true, "--api-key must be printable ASCII.");
        Require(_adaptive, text => ParseObject(text) is not null, "--adaptive must be a JSON object.");
        verb.Validators.Add(RefuseContradictions);
        foreach (Option option in (Option[])
            [
                _url, _api, _model, _apiKey, _requests, _warmup, _concurrency, _rate, _trace, _timeScale, _promptScale, _outputScale,
                _prompts, _promptTokens, _maxTokens, _temperature, _adaptive, _seed, _timeout, _sloTtft, _sloTpot, Json,
            ])
        {
            verb.Add(option);
        }
    }

    /// <summary>Where the report is written.</summary>
    public Option<string?> Json { get; } = new("--json") { Description = "Write the whole report to this file too.", HelpName = "FILE" };

    /// <param name="parsed">A command line without errors.</param>
    public BenchOptions Read(ParseResult parsed)
    {
        BenchOptions defaults = new() { Url = ParseUrl(parsed.GetValue(_url))! };
        bool isOpenLoop = parsed.GetValue(_rate) is not null || parsed.GetValue(_trace) is not null;
        return defaults with
        {
            Api = parsed.GetValue(_api) == "chat" ? BenchApi.Chat : BenchApi.Completions,
            Model = parsed.GetValue(_model),
            ApiKey = parsed.GetValue(_apiKey),
            Requests = parsed.GetValue(_requests),
            Warmup = parsed.GetValue(_warmup) ?? defaults.Warmup,
            Concurrency = parsed.GetValue(_concurrency) ?? (isOpenLoop ? OpenLoopConcurrency : defaults.Concurrency),
            Rate = parsed.GetValue(_rate),
            Trace = parsed.GetValue(_trace),
            TimeScale = parsed.GetValue(_timeScale) ?? defaults.TimeScale,
            PromptScale = parsed.GetValue(_promptScale) ?? defaults.PromptScale,
            OutputScale = parsed.GetValue(_outputScale) ?? defaults.OutputScale,
            Prompts = parsed.GetValue(_prompts),
            PromptTokens = parsed.GetValue(_promptTokens) ?? defaults.PromptTokens,
            MaxTokens = parsed.GetValue(_maxTokens) ?? defaults.MaxTokens,
            Temperature = parsed.GetValue(_temperature),
            Adaptive = ParseObject(parsed.GetValue(_adaptive)),
            Seed = parsed.GetValue(_seed) ?? defaults.Seed,
            Timeout = parsed.GetValue(_timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : defaults.Timeout,
            ServiceLevel = ServiceLevel(Milliseconds(parsed.GetValue(_sloTtft)), Milliseconds(parsed.GetValue(_sloTpot))),
        };
    }

    private void RefuseContradictions(CommandResult line)
    {
        bool Has(Option option) => line.GetResult(option) is { Implicit: false };
        if (Has(_rate) && Has(_trace)) line.AddError("--rate and --trace exclude each other.");
        if (Has(_trace) && (Has(_promptTokens) || Has(_maxTokens)))
            line.AddError("With --trace lengths are its own: use --prompt-scale, --output-scale, not --prompt-tokens, --max-tokens.");
        if (!Has(_trace) && (Has(_timeScale) || Has(_promptScale) || Has(_outputScale)))
            line.AddError("--time-scale, --prompt-scale and --output-scale need --trace.");
        if (Has(_prompts) && (Has(_promptTokens) || Has(_promptScale)))
            line.AddError("With --prompts lengths are theirs: --prompt-tokens and --prompt-scale mean nothing.");
    }

    private static void Require(Option<string?> option, Predicate<string?> isRight, string message) => option.Validators.Add(result =>
    {
        if (!isRight(result.GetValueOrDefault<string>())) result.AddError(message);
    });

    private static Uri? ParseUrl(string? text)
    {
        bool isUrl = Uri.TryCreate(text, UriKind.Absolute, out Uri? url);
        return isUrl && url is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" } ? url : null;
    }

    private static JsonElement? ParseObject(string? text)
    {
        try
        {
            if (text is null) return null;
            JsonElement root = JsonElement.Parse(text);
            LabJson.RefuseHalfPairs(root);
            return root.ValueKind == JsonValueKind.Object ? root : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static TimeSpan? Milliseconds(double? number) => number is { } value ? TimeSpan.FromMilliseconds(value) : null;

    private static ServiceLevel? ServiceLevel(TimeSpan? first, TimeSpan? each) =>
        first is null && each is null ? null : new ServiceLevel(first, each);
}
