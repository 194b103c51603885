using AdaptiveServe.Lab.Benchmarks.Workload;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Workload;

public sealed class TraceFileTests : IDisposable
{
    private const string Header = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Trace_CountsTimesFromTheFirstArrival()
    {
        string path = _folder.Write("trace.csv", Header + """
            2023-11-16 23:59:59.6805900,374,44
            2023-11-16 23:59:59.6805900,396,109
            2023-11-17 00:00:01,879,55
            """);
        Assert.Equal(
            [
                new(TimeSpan.Zero, 374, 44), new(TimeSpan.Zero, 396, 109),
                new(TimeSpan.FromTicks(13194100), 879, 55),
            ],
            TraceFile.Read(path, 10));
        Assert.Equal(2, TraceFile.Read(path, 2).Count);
    }

    [Theory]
    [InlineData("", "holds no arrivals")]
    [InlineData("2023-11-16 18:15:46.6805900,374", "is not of the form")]
    [InlineData("2023-11-16 18:15:46.6805900,374,44,1", "is not of the form")]
    [InlineData("2023-11-16 18:15:46.6805900,-1,44", "is not of the form")]
    [InlineData("2023-11-16 18:15:46.6805900,1,99999999999", "is not of the form")]
    [InlineData("16.11.2023 18:15,374,44", "is not of the form")]
    [InlineData("2023-11-16 18:15:46,1,1\n2023-11-16 18:15:45,1,1", ":3: its time is before")]
    [InlineData("2023-11-16 18:15:46,1,1\n2024-11-16 18:15:45,1,1", ":3: its time is before")]
    public void Read_MalformedTrace_IsRefused(string lines, string reason)
    {
        string path = _folder.Write("trace.csv", Header + lines);
        Assert.Contains(reason, Assert.Throws<LabException>(() => TraceFile.Read(path, 10)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherFile_IsRefused()
    {
        string path = _folder.Write("other.csv", "x,y\n1,2\n");
        LabException refused = Assert.Throws<LabException>(() => TraceFile.Read(path, 1));
        Assert.Contains("the first line is not", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PublishedTrace_IsReadWhole()
    {
        List<Arrival> arrivals = TraceFile.Read(SharedData.Path("traces/AzureLLMInferenceTrace_conv.csv"), 1_000_000);
        Assert.Equal(19366, arrivals.Count);
        Assert.Equal(new Arrival(TimeSpan.Zero, 374, 44), arrivals[0]);
        Assert.InRange(arrivals[^1].At!.Value.TotalMinutes, 58, 59);
    }
}
