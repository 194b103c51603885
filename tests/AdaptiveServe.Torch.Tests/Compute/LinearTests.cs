using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Cpu;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Compute;

public class LinearTests
{
    private static readonly (int Rows, int Inputs, int Outputs)[] Sizes =
        [(1, 1, 1), (2, 3, 5), (3, 16, 64), (4, 255, 63), (5, 256, 65), (6, 257, 130), (7, 40, 16), (8, 96, 33),
            (9, 688, 96), (10, 31, 64), (11, 64, 129), (12, 300, 48), (13, 513, 31)];

    private static readonly Dictionary<string, torch.ScalarType> Types = new()
    {
        ["F32"] = torch.float32,
        ["BF16"] = torch.bfloat16,
        ["F16"] = torch.float16,
    };

    public static TheoryData<int, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string>();
            foreach (int width in Widths.All)
                foreach (string type in Types.Keys) cases.Add(width, type);
            return cases;
        }
    }

    /// <summary>Products with a bias, added to what was there, against float64; odd sizes fill neither panels nor registers.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void AddLinear_AnySize_EqualsDouble(int width, string type)
    {
        Widths.Require(width);
        foreach ((int rows, int inputs, int outputs) in Sizes)
        {
            var random = new Random(rows);
            float[] input = TestRows.Random(random, rows * inputs), weight = TestRows.Random(random, outputs * inputs);
            float[] bias = TestRows.Random(random, outputs), before = TestRows.Random(random, rows * outputs);
            float[] actual = Run(width, Types[type], 1, inputs, outputs, input, weight, bias, before, out float[] rounded);
            for (int i = 0; i < actual.Length; i++)
            {
                (int row, int output) = Math.DivRem(i, outputs);
                double expected = bias[output] + before[i], size = Math.Abs(expected);
                for (int k = 0; k < inputs; k++)
                {
                    double product = (double)input[row * inputs + k] * rounded[output * inputs + k];
                    expected += product;
                    size += Math.Abs(product);
                }

                Assert.Equal(expected, actual[i], 3e-7 * Math.Sqrt(inputs) + 1e-6 * size);
            }
        }
    }

    /// <summary>The kernel's guarantee: a row's bits do not depend on rows beside it, on threads, or on the width of the registers.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void Linear_AnyRowsThreadsAndWidth_SameBits(int width, string type)
    {
        Widths.Require(width);
        const int Rows = 14, Inputs = 300, Outputs = 1000;
        var random = new Random(5);
        float[] input = TestRows.Random(random, Rows * Inputs), weight = TestRows.Random(random, Outputs * Inputs);
        float[] expected = Run(128, Types[type], 1, Inputs, Outputs, input, weight, null, null, out _);
        foreach (int threads in (int[])[2, 3, 7])
            Assert.Equal(expected, Run(width, Types[type], threads, Inputs, Outputs, input, weight, null, null, out _));
        for (int rows = 1; rows < Rows; rows++)
        {
            float[] some = Run(width, Types[type], 1, Inputs, Outputs, input[^(rows * Inputs)..], weight, null, null, out _);
            Assert.Equal(expected[^(rows * Outputs)..], some);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public unsafe void CopyRow_PackedWeight_GivesItsRow(int width, string type)
    {
        const int Outputs = 150, Inputs = 21;
        float[] values = TestRows.Random(new Random(2), Outputs * Inputs);
        using LinearWeight weight = TestRows.Weight(values, Outputs, Inputs, Types[type], null, out float[] rounded);
        using var memory = new WeightMemory();
        var packed = new PackedWeight(weight, width / 8, memory);
        var row = new float[Inputs];
        for (int output = 0; output < Outputs; output++)
        {
            fixed (float* target = row) packed.CopyRow(output, target);
            Assert.Equal(rounded[(output * Inputs)..((output + 1) * Inputs)], row);
        }
    }

    private static float[] Run(
        int width, torch.ScalarType type, int threads, int inputs, int outputs, float[] input, float[] weight, float[]? bias, float[]? before, out float[] rounded)
    {
        using var pool = new WorkerPool(threads);
        using IComputeBackend backend = CpuBackend.Create(pool, width);
        using LinearWeight linear = TestRows.Weight(weight, outputs, inputs, type, bias, out rounded);
        backend.Prepare(linear);
        using NativeRows from = TestRows.Fill(backend, inputs, input), to = TestRows.Fill(backend, outputs, before ?? []);
        if (before is null) backend.Linear(from, linear, to);
        else backend.AddLinear(from, linear, to);
        return TestRows.Read(to);
    }
}
