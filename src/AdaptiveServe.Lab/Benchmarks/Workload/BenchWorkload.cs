using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Benchmarks.Workload;

/// <summary>Which requests are sent, and when. Requests are made as they are asked for, so their number costs no memory.</summary>
internal sealed class BenchWorkload
{
    public const int MaxRequests = 1_000_000;
    public const int MaxWarmup = 1000;
    private const int DefaultRequests = 100;

    private readonly IEnumerable<Arrival> _arrivals;
    private readonly IPromptSource _prompts;
    private readonly Arrival _usual;

    /// <exception cref="LabException">A file cannot be used.</exception>
    public BenchWorkload(BenchOptions options)
    {
        _usual = new Arrival(null, options.PromptTokens, options.MaxTokens);
        _prompts = options.Prompts is { } path ? new PromptFile(path, options.Api) : new SyntheticPrompts(options.Seed);
        _arrivals = options switch
        {
            { Trace: { } trace } => Replay(trace, options),
            { Rate: { } rate } => PoissonArrivals.Times(rate, options.Seed).Select(time => _usual with { At = time }),
            _ => Enumerable.Repeat(_usual, int.MaxValue),
        };
        Count = options.Requests ?? (_arrivals as List<Arrival>)?.Count ?? DefaultRequests;
    }

    public int Count { get; }

    public IEnumerable<BenchRequest> Requests => _arrivals.Take(Count).Select((arrival, index) => Request(arrival, index));

    /// <summary>Requests that come before, with prompts of their own where those are synthetic.</summary>
    public IEnumerable<BenchRequest> Warmup(int count) => Enumerable.Range(1, count).Select(i => Request(_usual, -i));

    private BenchRequest Request(Arrival arrival, int index) =>
        new(index, arrival.At, _prompts.Get(index, arrival.PromptTokens), arrival.MaxTokens);

    private static List<Arrival> Replay(string path, BenchOptions options)
    {
        List<Arrival> trace = TraceFile.Read(path, options.Requests ?? MaxRequests);
        if (trace.Count < options.Requests) throw new LabException($"{path}: holds {trace.Count} arrivals, fewer than --requests");
        return trace.ConvertAll(arrival => new Arrival(
            arrival.At * options.TimeScale,
            Scale(arrival.PromptTokens, options.PromptScale),
            Scale(arrival.MaxTokens, options.OutputScale)));
    }

    private static int Scale(int tokens, double factor) => (int)Math.Clamp(Math.Round(tokens * factor), 1, 1_000_000);
}
