using System.Globalization;
using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Benchmarks.Steady;

/// <summary>
/// The engine with a random model under a steady load: what it allocates, how long collections stop it, and what a step costs outside the
/// model.
/// </summary>
internal static class SteadyVerb
{
    private const int MostSteps = 1 << 20;

    /// <param name="args">A <see cref="ModelShape"/>, sequences (1), seconds (60), threads (1).</param>
    public static void Run(ReadOnlySpan<string> args)
    {
        var shape = Enum.Parse<ModelShape>(args[0], ignoreCase: true);
        int sequences = args.Length > 1 ? int.Parse(args[1]) : 1, threads = args.Length > 3 ? int.Parse(args[3]) : 1;
        double seconds = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 60;
        Console.WriteLine($"{shape}, {sequences} sequences, {threads} threads, {seconds} s");

        using var model = new RandomModel(shape);
        var options = new EngineOptions { MaxSequences = sequences };
        var torch = new TorchRunnerOptions { Model = model.Folder, KvMemory = "0.5", Threads = threads };
        var runner = new MeteredRunner(TorchModelRunner.Load(torch, options, NullLogger.Instance), MostSteps);
        using (var engine = new InferenceEngine(
            runner, StrategyRegistry.BuiltIn, options, TimeProvider.System, NullLogger<InferenceEngine>.Instance))
        {
            engine.Start();
            var load = new SteadyLoad(engine, sequences);
            load.Run(TimeSpan.FromSeconds(Math.Min(10, seconds / 3))); // compiled, and every buffer of its size
            Measure(runner, load, TimeSpan.FromSeconds(seconds));
        }

        Report(runner.Records);
    }

    private static void Measure(MeteredRunner runner, SteadyLoad load, TimeSpan duration)
    {
        GC.Collect();
        int ended = load.Ended;
        int[] collections = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
        TimeSpan paused = GC.GetTotalPauseDuration();
        runner.IsRecording = true;
        long bytes = GC.GetTotalAllocatedBytes();
        (long tokens, TimeSpan longest) = load.Run(duration);
        bytes = GC.GetTotalAllocatedBytes() - bytes;
        runner.IsRecording = false;
        paused = GC.GetTotalPauseDuration() - paused;
        Console.WriteLine($"  {tokens / duration.TotalSeconds:F0} tokens a second; {load.Ended - ended} sequences ended and were replaced");
        Console.WriteLine($"  allocated by the process {(double)bytes / tokens:F2} B a token");
        string counts = string.Join(", ", collections.Select((before, generation) => GC.CollectionCount(generation) - before));
        Console.WriteLine($"  collections              {counts} of generation 0 and above, 1 and above, 2;");
        Console.WriteLine($"                           {paused.TotalMilliseconds:F3} ms in all, the longest {longest.TotalMilliseconds:F3} ms");
        GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
        Console.WriteLine($"                           the last: generation {last.Generation}, paused {last.PauseDurations[0].TotalMilliseconds:F3} ms,"
            + $" kept {last.PromotedBytes / 1e6:F2} of {last.HeapSizeBytes / 1e6:F2} MB");
    }

    private static void Report(ReadOnlySpan<StepRecord> records)
    {
        long bytes = 0, samples = 0, decodeBytes = 0;
        var decode = new List<StepRecord>();
        foreach (StepRecord record in records)
        {
            bytes += record.Bytes;
            samples += record.Samples;
            if (!record.IsDecode) continue;
            decode.Add(record);
            decodeBytes += record.Bytes;
        }

        if (decode.Count == 0) throw new InvalidOperationException("No step without a prompt was seen.");
        int empty = decode.Count(record => record.Bytes == 0);
        double perToken = (double)decodeBytes / decode.Sum(record => record.Samples);
        double step = Median(decode, record => record.Time), outside = Median(decode, record => record.Outside);
        double share = decode.Sum(record => record.Outside.TotalMilliseconds) / decode.Sum(record => record.Time.TotalMilliseconds);
        Console.WriteLine($"""
              the engine's thread      {records.Length} steps, {decode.Count} of them without prompts
                allocated              {(double)bytes / samples:F3} B a token; in steps without prompts {perToken:F3} B:
                                       {empty} of them nothing, the most in one {decode.Max(record => record.Bytes)} B
                a step without prompts {step:F4} ms in the middle, outside the model {outside:F4} ms
                outside the model      {100 * share:F2} % of all time, {100 * outside / step:F2} % in the middle
            """);
    }

    private static double Median(List<StepRecord> records, Func<StepRecord, TimeSpan> what)
    {
        double[] values = [.. records.Select(record => what(record).TotalMilliseconds)];
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
