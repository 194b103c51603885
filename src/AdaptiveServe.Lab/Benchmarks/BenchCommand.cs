using System.CommandLine;
using System.Text.Json;
using AdaptiveServe.Lab.Benchmarks.Client;
using AdaptiveServe.Lab.Benchmarks.Results;
using AdaptiveServe.Lab.Benchmarks.Workload;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Benchmarks;

/// <summary>The load generator.</summary>
internal static class BenchCommand
{
    public static Verb Create()
    {
        Verb verb = new("bench", "Sends requests to a server with OpenAI's interface and measures the streams that come back.",
            "bench --url http://127.0.0.1:8080 --requests 200 --rate 4 --slo-ttft 500 --slo-tpot 50 --json out.json");
        BenchArguments arguments = new(verb);
        verb.SetAction((parsed, cancellation) =>
            RunAsync(arguments.Read(parsed), parsed.GetValue(arguments.Json), parsed.InvocationConfiguration, cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(
        BenchOptions options, string? json, InvocationConfiguration console, CancellationToken cancellation)
    {
        BenchWorkload workload = new(options);
        using OutputFile? file = json is null ? null : OutputFile.Create(json);
        using CompletionClient client = new(options, TimeProvider.System);
        options = options with { Requests = workload.Count, Model = options.Model ?? await client.FindModelAsync(cancellation) };
        await WarmUpAsync(client, workload, options, cancellation);

        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        LoadDriver driver = new(client, options.Model, TimeProvider.System);
        LoadResult result = await ProgressBar.RunAsync(console.Error, "requests", workload.Count, onDone =>
            driver.RunAsync(workload.Requests, options.Concurrency, options.ServiceLevel, onDone, cancellation));

        ResultTable.Write(result, console.Output);
        if (file is not null) JsonSerializer.Serialize(file.Stream, new BenchReport(startedAt, options, result), LabJson.Report);
        file?.Commit();
        return result.Succeeded > 0 ? ExitCode.Success : throw new LabException($"{options.Url}: no request succeeded");
    }

    /// <summary>Whoever is slow the first time, server or client, is so before the measurement. A wrong address shows at once.</summary>
    private static async Task WarmUpAsync(
        CompletionClient client, BenchWorkload workload, BenchOptions options, CancellationToken cancellation)
    {
        foreach (BenchRequest request in workload.Warmup(options.Warmup))
        {
            Reply reply = await client.SendAsync(request, options.Model!, TimeProvider.System.GetTimestamp(), cancellation);
            if (reply.Failure is { } failure) throw new LabException($"{options.Url}: the request for warming up failed: {failure}");
        }
    }
}
