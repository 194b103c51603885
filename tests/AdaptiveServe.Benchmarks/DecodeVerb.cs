using System.Globalization;
using AdaptiveServe.Benchmarks.Growth;
using AdaptiveServe.Torch.Native;
using TorchSharp;

namespace AdaptiveServe.Benchmarks;

/// <summary>
/// Decode steps of a model folder on a device, without CUDA graphs and with them, and how near they come to what a copy within its memory
/// reaches: a table for <c>docs/performance.md</c>.
/// </summary>
internal static class DecodeVerb
{
    private const int Prompt = 64, Generated = 64;

    private static readonly int[] Sequences = [1, 8, 64];

    /// <param name="args">
    /// A device (<c>cpu</c>, <c>cuda</c>, <c>cuda:N</c>), a model folder, seconds for each number (2), type of weights (auto).
    /// </param>
    public static void Run(ReadOnlySpan<string> args)
    {
        string device = args[0], folder = args[1], dtype = args.Length > 3 ? args[3] : "auto";
        double seconds = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 2;
        NativeTorch.Load();
        double copy = CopyBandwidth(new torch.Device(device), seconds);
        Console.WriteLine($"A copy within the memory of {device}: {copy:F1} GB/s, reading and writing.");
        Console.WriteLine("| program | sequences | a step | tokens a second | weights read | share of the copy |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (bool hasGraphs in device == "cpu" ? (ReadOnlySpan<bool>)[false] : [false, true])
        {
            using var setup = new GrowthSetup(folder, Environment.ProcessorCount, Sequences[^1], Prompt + Generated, options =>
            {
                options.Device = device;
                options.DType = dtype;
                options.CudaGraphs = hasGraphs;
            }, new WarningLog());
            string program = device == "cpu" ? "AdaptiveServe" : hasGraphs ? "AdaptiveServe, CUDA graphs" : "AdaptiveServe, no graphs";
            foreach (int count in Sequences)
            {
                double step = Timing.Of(setup.Step(count, Prompt + Generated / 2), seconds).Median, bandwidth = setup.WeightBytes / step / 1e6;
                Console.WriteLine($"| {program} | {count} | {step:F3} ms | {1e3 * count / step:F0} | {bandwidth:F1} GB/s | {100 * bandwidth / copy:F0} % |");
            }
        }
    }

    /// <summary>GB/s of a copy of half a gigabyte.</summary>
    private static double CopyBandwidth(torch.Device device, double seconds)
    {
        const long Bytes = 1L << 29;
        using torch.Tensor from = torch.ones(Bytes / sizeof(float), device: device);
        using torch.Tensor to = torch.zeros_like(from);
        Timing timing = Timing.Of(() =>
        {
            to.copy_(from);
            if (device.type == DeviceType.CUDA) torch.cuda.synchronize();
        }, seconds);
        return 2 * Bytes / timing.Median / 1e6;
    }
}
