using System.Diagnostics;
using System.Globalization;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Cpu;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using TorchSharp;

namespace AdaptiveServe.Benchmarks;

/// <summary>
/// The best of many steps, in seconds instead of minutes and little disturbed by a loaded machine; and where a step's time goes.
/// </summary>
internal static class Probe
{
    /// <param name="args">
    /// A <see cref="ModelShape"/> or a model folder, threads (1), sequences (1), context (64), compute (auto), type of weights (auto), and for
    /// a short run of steps and prompts alone the seconds for each.
    /// </param>
    public static void Run(ReadOnlySpan<string> args)
    {
        string model = args[0];
        int threads = args.Length > 1 ? int.Parse(args[1]) : 1, sequences = args.Length > 2 ? int.Parse(args[2]) : 1;
        int context = args.Length > 3 ? int.Parse(args[3]) : 64;
        string compute = args.Length > 4 ? args[4] : "auto", dtype = args.Length > 5 ? args[5] : "auto";

        using DecodeSetup setup = Directory.Exists(model)
            ? new(model, threads, sequences, context, compute, dtype)
            : new(Enum.Parse<ModelShape>(model, ignoreCase: true), threads, sequences, context, compute, dtype);
        double seconds = args.Length > 6 ? double.Parse(args[6], CultureInfo.InvariantCulture) : 3;
        Console.WriteLine($"{model}, {threads} threads, {sequences} sequences, context {context}, {compute}, {dtype}");
        if (args.Length <= 6)
        {
            Console.WriteLine($"  multiply-adds          {PeakRate.Measure(),8:F1} GFLOP/s at best");
            PlainRead(new FileInfo(Path.Combine(setup.Folder, "model.safetensors")).Length);
        }

        Console.WriteLine($"  a step                   {Time(() => setup.Run(setup.Step), seconds)}");
        StepBatch prompts = setup.Prompts();
        Console.WriteLine($"  the prompts              {Time(() => setup.Run(prompts), seconds)}");
        if (args.Length > 6) return;
        if (sequences == 1)
        {
            foreach (int rows in (int[])[2, 5, 9])
            {
                StepBatch batch = setup.LastTokens(rows);
                Console.WriteLine($"  {rows} tokens of a sequence {Time(() => setup.Run(batch))}");
            }
        }

        if (compute == "auto") Profile(setup, threads);
    }

    /// <summary>What the machine gives at this moment: a plain read, on one thread, of as many bytes as the weights have.</summary>
    private static void PlainRead(long bytes)
    {
        using var read = new PlainRead(bytes);
        Console.WriteLine($"  a read of {bytes / 1e6,6:F1} MB      {Time(read.Run)}");
    }

    private static string Time(Action action, double seconds = 3)
    {
        Timing timing = Timing.Of(action, seconds);
        return $"{timing.Best,8:F3} ms at best, {timing.Median,8:F3} in the middle, {timing.Processor,8:F3} of the processor";
    }

    /// <summary>Prints what each operation took in the best step.</summary>
    private static void Profile(DecodeSetup setup, int threads)
    {
        using var pool = new WorkerPool(threads);
        var timed = new TimedBackend(CpuBackend.Create(pool));
        using Decoder decoder = LoadedModel.Load(setup.Folder, "auto", torch.CPU, (_, _) => timed)
            .Build(setup.Info.LargeBlocks, setup.Info.BlockSize, setup.Info.ContextLength, torch.CPU);
        Run(decoder, setup.Prompts());
        var best = new Dictionary<string, long>();
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(3);)
        {
            timed.Ticks.Clear();
            Run(decoder, setup.Step);
            foreach ((string operation, long ticks) in timed.Ticks) best[operation] = Math.Min(ticks, best.GetValueOrDefault(operation, ticks));
        }

        foreach ((string operation, long ticks) in best.OrderByDescending(entry => entry.Value))
            Console.WriteLine($"  {operation,-24} {ticks * 1e6 / Stopwatch.Frequency,8:F1} us");
    }

    private static void Run(Decoder decoder, StepBatch batch)
    {
        var ragged = new RaggedBatch(16);
        ragged.Fill(batch);
        decoder.Forward(ragged);
        decoder.Logits(ragged.SampleRows, new bool[batch.SampleCount], new LogitsResult());
        decoder.End();
    }
}
