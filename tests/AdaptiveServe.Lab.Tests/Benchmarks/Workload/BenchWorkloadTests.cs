using AdaptiveServe.Lab.Benchmarks;
using AdaptiveServe.Lab.Benchmarks.Workload;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Workload;

public sealed class BenchWorkloadTests : IDisposable
{
    private static readonly BenchOptions Options = new() { Url = new Uri("http://localhost") };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Requests_ClosedLoop_ArriveAtNoTime()
    {
        BenchRequest[] requests = [.. new BenchWorkload(Options with { Requests = 3, PromptTokens = 5, MaxTokens = 9 }).Requests];
        Assert.Equal([(0, null, 5, 9), (1, null, 5, 9), (2, null, 5, 9)], requests.Select(Shape));
    }

    [Fact]
    public void Requests_Rate_ArriveAsAPoissonProcess()
    {
        BenchWorkload workload = new(Options with { Requests = 4, Rate = 2, Seed = 5 });
        Assert.Equal(PoissonArrivals.Times(2, 5).Take(4), workload.Requests.Select(request => request.At!.Value));
    }

    [Fact]
    public void Requests_Trace_ScalesTimesAndLengths()
    {
        BenchOptions options = Options with { Trace = WriteTrace(), TimeScale = 0.5, PromptScale = 0.1, OutputScale = 0.25 };
        Assert.Equal([(0, 0.0, 37, 11), (1, 1000.0, 1, 1)], new BenchWorkload(options).Requests.Select(Shape));
    }

    [Fact]
    public void Count_LeftOpen_IsTheTracesOr100()
    {
        Assert.Equal(2, new BenchWorkload(Options with { Trace = WriteTrace() }).Count);
        Assert.Equal(1, new BenchWorkload(Options with { Trace = WriteTrace(), Requests = 1 }).Count);
        Assert.Equal(100, new BenchWorkload(Options with { Rate = 1 }).Count);
    }

    [Fact]
    public void Create_MoreRequestsThanTheTraceHas_IsRefused() =>
        Assert.Throws<LabException>(() => new BenchWorkload(Options with { Trace = WriteTrace(), Requests = 3 }));

    [Fact]
    public void Warmup_Requests_ShareNoPromptWithTheOthers()
    {
        BenchWorkload workload = new(Options with { Requests = 3 });
        Assert.Equal(6, workload.Warmup(3).Concat(workload.Requests).Select(request => request.Prompt.Text).Distinct().Count());
    }

    private string WriteTrace() => _folder.Write("trace.csv", """
        TIMESTAMP,ContextTokens,GeneratedTokens
        2023-11-16 18:15:46.0000000,374,44
        2023-11-16 18:15:48.0000000,3,0
        """);

    private static (int, double?, int, int) Shape(BenchRequest request) =>
        (request.Index, request.At?.TotalMilliseconds, request.Prompt.Text!.Split(' ').Length, request.MaxTokens);
}
