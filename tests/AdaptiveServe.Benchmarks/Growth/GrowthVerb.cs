using System.Globalization;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Benchmarks.Growth;

/// <summary>Tables of how the cost of a decode step grows: milliseconds in the middle of many steps, which were run turn by turn.</summary>
internal static class GrowthVerb
{
    private const int Context = 64;

    /// <param name="args">
    /// What grows (<c>context</c>, <c>rows</c>, <c>parameters</c>, <c>tokens</c> of one sequence in a forward, <c>waiting</c>, <c>routes</c>: rows that leave layers out, or <c>kv</c>:
    /// types of keys and values), seconds for each number (1), and for all but <c>parameters</c> and <c>waiting</c> a
    /// <see cref="ModelShape"/> (D256x12), threads (1) and a type of weights (auto).
    /// </param>
    public static void Run(ReadOnlySpan<string> args)
    {
        double seconds = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        ModelShape shape = args.Length > 2 ? Enum.Parse<ModelShape>(args[2], ignoreCase: true) : ModelShape.D256x12;
        int threads = args.Length > 3 ? int.Parse(args[3]) : 1;
        Action<TorchRunnerOptions> configure = args.Length > 4 && args[4] is var dtype ? options => options.DType = dtype : _ => { };
        switch (args[0])
        {
            case "context": OfContext(shape, threads, seconds, configure); break;
            case "rows": OfRows(shape, threads, seconds, configure); break;
            case "parameters": OfParameters(seconds); break;
            case "tokens": OfTokens(shape, threads, seconds, configure); break;
            case "waiting": OfWaiting(seconds); break;
            case "routes": OfRoutes(shape, threads, seconds); break;
            case "kv": OfCacheTypes(shape, threads, seconds); break;
            default: throw new ArgumentException($"Nothing grows by '{args[0]}': context, rows, parameters, tokens, waiting, routes or kv.");
        }
    }

    private static void OfContext(ModelShape shape, int threads, double seconds, Action<TorchRunnerOptions> configure)
    {
        int[] contexts = [64, 256, 1024, 4096, 16384, 32768];
        using var setup = new GrowthSetup(shape, threads, 1, contexts[^1], configure);
        Timing[] times = Timing.Interleave([.. contexts.Select(context => setup.Step(1, context))], seconds);
        Header($"{shape}, 1 sequence, {threads} threads: context", "a step", "best", "beyond the first, us a 1000 positions");
        for (int i = 0; i < contexts.Length; i++)
        {
            double slope = i == 0 ? double.NaN : 1e6 * (times[i].Median - times[0].Median) / (contexts[i] - contexts[0]);
            Row(contexts[i], Ms(times[i].Median), Ms(times[i].Best), i == 0 ? "" : $"{slope:F1}");
        }
    }

    private static void OfRows(ModelShape shape, int threads, double seconds, Action<TorchRunnerOptions> configure)
    {
        int[] rows = [1, 2, 4, 8, 16, 32, 64, 128, 256];
        using var setup = new GrowthSetup(shape, threads, rows[^1], Context, configure);
        Timing[] times = Timing.Interleave([.. rows.Select(count => setup.Step(count, Context))], seconds);
        Header($"{shape}, context {Context}, {threads} threads: sequences", "a step", "best", "a row", "tokens a second");
        for (int i = 0; i < rows.Length; i++)
            Row(rows[i], Ms(times[i].Median), Ms(times[i].Best), Ms(times[i].Median / rows[i]), $"{1e3 * rows[i] / times[i].Median:F0}");
    }

    private static void OfParameters(double seconds)
    {
        Header("1 sequence, context 64: shape", "weights", "threads", "MB", "a step", "best", "a plain read", "GB/s", "share of the read's");
        foreach (ModelShape shape in Enum.GetValues<ModelShape>().Where(shape => shape <= ModelShape.D1024x24))
        {
            foreach ((string dtype, int threads) in new[] { ("auto", 1), ("auto", 2), ("int8", 1), ("int8", 2) })
                OfParameters(shape, dtype, threads, seconds);
        }
    }

    private static void OfParameters(ModelShape shape, string dtype, int threads, double seconds)
    {
        using var setup = new GrowthSetup(shape, threads, 1, Context, options => options.DType = dtype);
        double bytes = dtype == "int8" ? setup.WeightBytes * 34 / 64 : setup.WeightBytes; // 32 of a byte and a scale of two
        using var plain = new PlainRead((long)bytes, threads);
        Timing[] times = Timing.Interleave([setup.Step(1, Context), plain.Run], seconds);
        double step = times[0].Median, read = times[1].Median;
        Row(shape, dtype == "auto" ? "bfloat16" : dtype, threads, $"{bytes / 1e6:F1}", Ms(step), Ms(times[0].Best), Ms(read),
            $"{bytes / step / 1e6:F1}", $"{100 * read / step:F0} %");
    }

    private static void OfTokens(ModelShape shape, int threads, double seconds, Action<TorchRunnerOptions> configure)
    {
        int[] tokens = [1, 2, 3, 4, 5, 6, 7, 9, 13, 17];
        foreach (int context in (int[])[64, 512])
        {
            using var setup = new GrowthSetup(shape, threads, 1, context, configure);
            Timing[] times = Timing.Interleave([.. tokens.Select(count => setup.Verify(count, context))], seconds);
            (double median, double best) = (times[0].Median, times[0].Best);
            Header($"{shape}, context {context}, {threads} threads: tokens of one sequence", "a forward", "to one", "best", "to one");
            for (int i = 0; i < tokens.Length; i++)
                Row(tokens[i], Ms(times[i].Median), Ratio(times[i].Median / median), Ms(times[i].Best), Ratio(times[i].Best / best));
        }
    }

    private static void OfWaiting(double seconds)
    {
        int[] waiting = [0, 10, 100, 1000, 10000];
        foreach (int running in (int[])[1, 32, 256])
            for (int i = 0; i < 40; i++) new WaitingRequests(running, 1).Measure(); // compiled, and memory at hand
        Header("Waiting requests", "a step of 1 sequence without a model, us", "best", "of 32", "best", "of 256", "best");
        foreach (int count in waiting)
        {
            var cells = new List<object> { count };
            foreach (int running in (int[])[1, 32, 256])
            {
                var times = new List<double>();
                var requests = new WaitingRequests(running, count);
                long until = Environment.TickCount64 + (long)(1000 * seconds);
                for (int turn = 0; Environment.TickCount64 < until || times.Count < 5; turn++)
                {
                    if (turn % 20 == 0) requests = new WaitingRequests(running, count);
                    double microseconds = requests.Measure();
                    if (turn > 2) times.Add(microseconds);
                }

                times.Sort();
                cells.Add($"{times[times.Count / 2]:F2}");
                cells.Add($"{times[0]:F2}");
            }

            Row([.. cells]);
        }
    }

    /// <summary>Where few rows leave a layer out, running all and blending costs what all layers cost, and the blending.</summary>
    private static void OfRoutes(ModelShape shape, int threads, double seconds)
    {
        foreach (int rows in (int[])[8, 16, 32])
        {
            using var setup = new GrowthSetup(shape, threads, rows, Context);
            int[] routed = [0, 1, 2, rows / 2, rows - 1, rows];
            Timing[] times = Timing.Interleave([.. routed.Select(count => setup.RoutedStep(rows, count, Context))], seconds);
            Header($"{shape}, {rows} sequences, {threads} threads: of them leave out every second layer", "a step", "to none", "best", "to none");
            for (int i = 0; i < routed.Length; i++)
                Row(routed[i], Ms(times[i].Median), Ratio(times[i].Median / times[0].Median), Ms(times[i].Best), Ratio(times[i].Best / times[0].Best));
        }
    }

    private static void OfCacheTypes(ModelShape shape, int threads, double seconds)
    {
        const int Sequences = 32, Long = 4096;
        string[] types = ["float32", "bfloat16", "float16"];
        GrowthSetup[] setups = [.. types.Select(
            type => new GrowthSetup(shape, threads, Sequences, Long, options => options.KvDType = type))];
        Header($"{shape}, {threads} threads: sequences", "context", "float32", "bfloat16", "to float32", "float16", "to float32");
        foreach ((int rows, int context) in new[] { (1, Context), (1, Long), (Sequences, Context), (Sequences, Long) })
        {
            Timing[] times = Timing.Interleave([.. setups.Select(setup => setup.Step(rows, context))], seconds);
            Row(rows, context, Ms(times[0].Median), Ms(times[1].Median), Ratio(times[1].Median / times[0].Median),
                Ms(times[2].Median), Ratio(times[2].Median / times[0].Median));
        }

        foreach (GrowthSetup setup in setups) setup.Dispose();
    }

    private static string Ms(double milliseconds) => milliseconds.ToString("F3", CultureInfo.InvariantCulture);

    private static string Ratio(double ratio) => ratio.ToString("F2", CultureInfo.InvariantCulture);

    private static void Header(params string[] cells)
    {
        Console.WriteLine();
        Row(cells);
        Row([.. cells.Select(_ => "---")]);
    }

    private static void Row(params object[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");
}
