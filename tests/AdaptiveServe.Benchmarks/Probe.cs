using System.Diagnostics;
using System.Runtime.Intrinsics;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Cpu;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using TorchSharp;

namespace AdaptiveServe.Benchmarks;

/// <summary>The best of many steps, in seconds instead of minutes and little disturbed by a loaded machine; and where a step's time goes.</summary>
internal static class Probe
{
    /// <param name="args">A <see cref="ModelShape"/>, threads (1), sequences (1), context (64).</param>
    public static void Run(ReadOnlySpan<string> args)
    {
        var shape = Enum.Parse<ModelShape>(args[0], ignoreCase: true);
        int[] numbers = [1, 1, 64];
        for (int i = 1; i < args.Length; i++) numbers[i - 1] = int.Parse(args[i]);
        (int threads, int sequences, int context) = (numbers[0], numbers[1], numbers[2]);

        using var setup = new DecodeSetup(shape, threads, sequences, context);
        Console.WriteLine($"{shape}, {threads} threads, {sequences} sequences, context {context}");
        PlainRead(new FileInfo(Path.Combine(setup.Folder, "model.safetensors")).Length);
        Console.WriteLine($"  a step                   {Time(() => setup.Run(setup.Step))}");
        if (sequences == 1)
        {
            foreach (int rows in (int[])[2, 5, 9])
            {
                StepBatch batch = setup.LastTokens(rows);
                Console.WriteLine($"  {rows} tokens of a sequence {Time(() => setup.Run(batch))}");
            }
        }

        Profile(setup, threads);
    }

    /// <summary>What the machine gives at this moment: a plain read, on one thread, of as many bytes as the weights have.</summary>
    private static void PlainRead(long bytes)
    {
        var data = new Vector512<int>[bytes / Vector512<byte>.Count / 4 * 4];
        Array.Fill(data, Vector512<int>.One); // pages that were never written are all the same one
        int[] sums = new int[1];
        Console.WriteLine($"  a read of {bytes / 1e6,6:F1} MB      {Time(() => sums[0] += Sum(data))}");
    }

    private static int Sum(Vector512<int>[] data)
    {
        Vector512<int> a = default, b = default, c = default, d = default;
        for (int i = 0; i < data.Length; i += 4)
        {
            a += data[i];
            b += data[i + 1];
            c += data[i + 2];
            d += data[i + 3];
        }

        return Vector512.Sum(a + b + c + d);
    }

    /// <summary>Best and median time of an action, over some seconds after one of warming up.</summary>
    private static string Time(Action action)
    {
        var times = new List<double>(1 << 16);
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1);) action();
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(3);)
        {
            long from = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        times.Sort();
        return $"{times[0],8:F3} ms at best, {times[times.Count / 2],8:F3} in the middle";
    }

    /// <summary>Prints what each operation took in the best step.</summary>
    private static void Profile(DecodeSetup setup, int threads)
    {
        using var pool = new WorkerPool(threads);
        var timed = new TimedBackend(CpuBackend.Create(pool));
        using Decoder decoder = LoadedModel.Load(setup.Folder, "auto", torch.CPU, _ => timed)
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
