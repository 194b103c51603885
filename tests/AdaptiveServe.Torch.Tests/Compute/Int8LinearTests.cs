using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Cpu;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Compute;

public class Int8LinearTests
{
    private static readonly (int Rows, int Inputs, int Outputs)[] Sizes =
        [(1, 1, 1), (2, 3, 5), (3, 32, 64), (4, 255, 63), (5, 256, 65), (6, 257, 130), (7, 40, 16), (8, 96, 33),
            (9, 688, 96), (10, 31, 64), (11, 64, 129), (12, 300, 48), (13, 513, 31)];

    /// <summary>Rounding of weights apart, products equal those of float64 but for the rounding of activations to 16 bits.</summary>
    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void AddLinear_AnySize_EqualsDouble(int width)
    {
        Widths.Require(width);
        foreach ((int rows, int inputs, int outputs) in Sizes)
        {
            var random = new Random(rows);
            float[] input = TestRows.Random(random, rows * inputs), weight = TestRows.Random(random, outputs * inputs);
            float[] bias = TestRows.Random(random, outputs), before = TestRows.Random(random, rows * outputs);
            float[] actual = Run(width, 1, inputs, outputs, input, weight, bias, before), held = Held(width, inputs, outputs, weight);
            for (int i = 0; i < actual.Length; i++)
            {
                (int row, int output) = Math.DivRem(i, outputs);
                double expected = bias[output] + before[i], size = Math.Abs(expected), weights = 0;
                for (int k = 0; k < inputs; k++)
                {
                    double product = (double)input[row * inputs + k] * held[output * inputs + k];
                    expected += product;
                    size += Math.Abs(product);
                    weights += Math.Abs(held[output * inputs + k]);
                }

                Assert.Equal(expected, actual[i], 1.6e-5 * weights + 1e-6 * size + 1e-7);
            }
        }
    }

    /// <summary>The kernel's guarantee: a row's bits do not depend on rows beside it, on threads, or on the width of the registers.</summary>
    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void Linear_AnyRowsThreadsAndWidth_SameBits(int width)
    {
        Widths.Require(width);
        const int Rows = 14, Inputs = 300, Outputs = 1000;
        var random = new Random(5);
        float[] input = TestRows.Random(random, Rows * Inputs), weight = TestRows.Random(random, Outputs * Inputs);
        float[] expected = Run(128, 1, Inputs, Outputs, input, weight, null, null);
        foreach (int threads in (int[])[2, 3, 7])
            Assert.Equal(expected, Run(width, threads, Inputs, Outputs, input, weight, null, null));
        for (int rows = 1; rows < Rows; rows++)
            Assert.Equal(expected[^(rows * Outputs)..], Run(width, 1, Inputs, Outputs, input[^(rows * Inputs)..], weight, null, null));
    }

    /// <summary>Each weight is the nearest multiple of its block's scale, and the largest of a block is exact but for float16.</summary>
    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void CopyRow_RoundedWeight_IsNear(int width)
    {
        const int Outputs = 70, Inputs = 75;
        float[] weight = TestRows.Random(new Random(2), Outputs * Inputs, 3);
        Array.Clear(weight, 0, 32); // a block of zeros
        float[] held = Held(width, Inputs, Outputs, weight);
        for (int output = 0; output < Outputs; output++)
        {
            for (int from = 0; from < Inputs; from += 32)
            {
                int at = output * Inputs + from, count = Math.Min(32, Inputs - from);
                float largest = weight.Skip(at).Take(count).Max(Math.Abs);
                for (int i = at; i < at + count; i++) Assert.Equal(weight[i], held[i], 0.5 * largest / 127 + 1e-3 * largest);
            }
        }
    }

    [Theory, InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void Linear_NotFinite_ShowsInItsRowOnly(float wrong)
    {
        const int Inputs = 64, Outputs = 10;
        float[] input = TestRows.Random(new Random(3), 2 * Inputs), weight = TestRows.Random(new Random(4), Outputs * Inputs);
        input[40] = wrong;
        float[] actual = Run(128, 1, Inputs, Outputs, input, weight, null, null);
        Assert.All(actual[..Outputs], value => Assert.False(float.IsFinite(value)));
        Assert.All(actual[Outputs..], value => Assert.True(float.IsFinite(value)));
    }

    /// <summary>The weights as they are after rounding.</summary>
    private static unsafe float[] Held(int width, int inputs, int outputs, float[] weight)
    {
        using LinearWeight linear = TestRows.Weight(weight, outputs, inputs, torch.float32, null, out _);
        using var memory = new WeightMemory();
        var packed = new Int8Weight(linear, width / 8, memory);
        var held = new float[outputs * inputs];
        fixed (float* target = held)
            for (int output = 0; output < outputs; output++) packed.CopyRow(output, target + output * inputs);
        return held;
    }

    private static float[] Run(int width, int threads, int inputs, int outputs, float[] input, float[] weight, float[]? bias, float[]? before)
    {
        using var pool = new WorkerPool(threads);
        using IComputeBackend backend = CpuBackend.Create(pool, width, quantises: true);
        using LinearWeight linear = TestRows.Weight(weight, outputs, inputs, torch.float32, bias, out _);
        backend.Prepare(linear);
        using NativeRows from = TestRows.Fill(backend, inputs, input), to = TestRows.Fill(backend, outputs, before ?? []);
        if (before is null) backend.Linear(from, linear, to);
        else backend.AddLinear(from, linear, to);
        return TestRows.Read(to);
    }
}
