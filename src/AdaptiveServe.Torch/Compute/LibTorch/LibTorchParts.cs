using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>What a backend uses in the place of plain operations. Each part that is null is not there.</summary>
internal sealed partial record LibTorchParts : IDisposable
{
    private const double Tolerance = 0.05; // of numbers around 1 with 8 bits

    /// <summary>Attention of the whole batch in one call.</summary>
    public VarlenKernel? Attention { get; init; }

    /// <summary>The norm in one kernel.</summary>
    public FusedNorm? Norm { get; init; }

    /// <summary>Records of single-token forwards; they need <see cref="Attention"/>.</summary>
    public StepGraphs? Graphs { get; init; }

    /// <summary>What a CUDA device offers. Each part is compared with plain operations first, and the log tells which are not used and why.</summary>
    /// <param name="device">A CUDA device.</param>
    /// <param name="dtype">The type of weights and activations.</param>
    /// <param name="cacheType">The type of keys and values.</param>
    /// <param name="headDim">Length of a head.</param>
    /// <param name="wantsGraphs">Whether steps are to be recorded.</param>
    /// <param name="logger">Where it is told.</param>
    public static LibTorchParts OfCuda(Device device, ScalarType dtype, ScalarType cacheType, int headDim, bool wantsGraphs, ILogger logger)
    {
        using var inference = inference_mode();
        VarlenKernel? attention = null;
        if (dtype != cacheType || !FlashAttention.Takes(dtype, headDim))
            Log.NotUsed(logger, "variable-length attention", $"it does not take {dtype} with keys in {cacheType} and heads of {headDim}");
        else
        {
            attention = Checked<VarlenKernel>(
                "variable-length attention", () => new FlashAttention().Attend, kernel => CheckAttention(kernel, device, dtype, headDim));
        }

        FusedNorm? norm = Checked(
            "the fused norm", () => FusedNorm.Find(device) ?? throw new InvalidOperationException("this libtorch does not export it"),
            found => CheckNorm(found, device, dtype));
        return new LibTorchParts { Attention = attention, Norm = norm, Graphs = wantsGraphs ? FindGraphs(device, attention, logger) : null };

        T? Checked<T>(string name, Func<T> create, Func<T, double> difference) where T : class
        {
            try
            {
                T part = create();
                double off = difference(part);
                if (off <= Tolerance) return part;
                Log.NotUsed(logger, name, $"it is off by {off:G3}");
            }
            catch (Exception exception) when (exception is ExternalException or InvalidOperationException)
            {
                Log.NotUsed(logger, name, exception.Message.ReplaceLineEndings(" "));
            }

            return null;
        }
    }

    public void Dispose() => Graphs?.Dispose();

    private static StepGraphs? FindGraphs(Device device, VarlenKernel? attention, ILogger logger)
    {
        string? missing = "they need variable-length attention";
        Func<IStepGraph>? factory = attention is null ? null : CudaGraph.FindFactory(device, out missing);
        if (factory is not null) return new StepGraphs(factory, logger);
        Log.NotUsed(logger, "CUDA graphs", missing!);
        return null;
    }

    /// <summary>Two sequences whose keys lie in another order than their queries, with several queries and with one each.</summary>
    internal static double CheckAttention(VarlenKernel kernel, Device device, ScalarType dtype, int headDim)
    {
        using var scope = NewDisposeScope();
        const int Heads = 4, KeyValueHeads = 2;
        Tensor keys = randn([24, KeyValueHeads, headDim], dtype, device), values = randn([24, KeyValueHeads, headDim], dtype, device);
        double worst = 0;
        foreach ((int[] firstQueries, int maxQueries) in (ReadOnlySpan<(int[], int)>)[([0, 3, 4], 3), ([0, 1, 2], 1)])
        {
            Tensor queries = randn([firstQueries[^1], Heads, headDim], dtype, device);
            var layout = new VarlenLayout(
                tensor(firstQueries, device: device), tensor([12, 2, 0], device: device), tensor([11, 7], device: device), maxQueries, 512);
            foreach (int? window in (int?[])[null, 4])
            {
                Tensor difference = kernel(queries, keys, values, layout, window).sub(VarlenDefinition.Attend(queries, keys, values, layout, window));
                worst = Math.Max(worst, difference.to_type(ScalarType.Float32).abs().max().item<float>());
            }
        }

        return worst;
    }

    /// <summary>Rows that are not one piece of memory, as the heads of queries are.</summary>
    internal static double CheckNorm(FusedNorm norm, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        const double Epsilon = 1e-5;
        using Scalar small = Epsilon;
        Tensor input = randn([3, 5, 64], dtype, device).narrow(1, 1, 3), weight = rand([64], dtype, device);
        Tensor wide = input.to_type(ScalarType.Float32);
        Tensor expected = wide * (wide * wide).mean([-1], keepdim: true).Plus(small).rsqrt() * weight.to_type(ScalarType.Float32);
        using Tensor output = norm.Apply(input, weight, Epsilon);
        return output.to_type(ScalarType.Float32).sub(expected).abs().max().item<float>();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Not used on this CUDA device: {Part} ({Reason})")]
        public static partial void NotUsed(ILogger logger, string part, string reason);
    }
}
