using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Cpu;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Compute;

public class RowOperationTests
{
    private static readonly int[] Columns = [1, 4, 15, 16, 17, 33, 72, 203, 256];

    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void RmsNorm_AnyWidth_EqualsDouble(int width)
    {
        using Fixture fixture = new(width);
        foreach (int columns in Columns)
        {
            var random = new Random(columns);
            float[] input = TestRows.Random(random, 3 * columns, 3), weight = TestRows.Random(random, columns);
            using NativeRows from = TestRows.Fill(fixture.Backend, columns, input), to = TestRows.Fill(fixture.Backend, columns, []);
            using torch.Tensor scale = torch.tensor(weight);
            fixture.Backend.RmsNorm(from, scale, 1e-3f, to);
            float[] actual = TestRows.Read(to);
            for (int i = 0; i < actual.Length; i++)
            {
                double mean = input.Skip(i / columns * columns).Take(columns).Average(x => (double)x * x);
                Assert.Equal(input[i] / Math.Sqrt(mean + 1e-3) * weight[i % columns], actual[i], 2e-6);
            }
        }
    }

    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void GatedActivation_AnySizeOfValues_EqualsDouble(int width)
    {
        using Fixture fixture = new(width);
        foreach (int columns in Columns)
        {
            float[] input = TestRows.Random(new Random(columns), 2 * 2 * columns, 200);
            using NativeRows from = TestRows.Fill(fixture.Backend, 2 * columns, input), to = TestRows.Fill(fixture.Backend, columns, []);
            fixture.Backend.GatedActivation(from, to);
            float[] actual = TestRows.Read(to);
            for (int i = 0; i < actual.Length; i++)
            {
                (int row, int column) = Math.DivRem(i, columns);
                double gate = input[row * 2 * columns + column], up = input[row * 2 * columns + columns + column];
                double expected = gate / (1 + Math.Exp(-gate)) * up;
                Assert.Equal(expected, actual[i], 1e-6 * Math.Abs(expected) + 1e-9);
            }
        }
    }

    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void Logits_AnyVocabulary_AreReducedAsDefined(int width)
    {
        using Fixture fixture = new(width);
        foreach (int vocabulary in Columns)
        {
            LogitsResult result = Reduce(fixture.Backend, TestRows.Random(new Random(vocabulary), vocabulary, 30), out float[] logits);
            Assert.Equal(logits, result.Row(0).ToArray());
            double[] shifted = [.. logits.Select(logit => (double)logit - logits.Max())];
            double sum = shifted.Sum(Math.Exp), entropy = shifted.Sum(x => Math.Exp(x) / sum * (Math.Log(sum) - x)) / Math.Log(2);
            Assert.Equal(Array.IndexOf(logits, logits.Max()), result.ArgMax[0]);
            Assert.Equal(logits.Max(), result.Max[0]);
            Assert.Equal(logits.Max() + Math.Log(sum), result.LogSumExp[0], 1e-5);
            Assert.Equal(entropy, result.Entropy[0], 1e-5);
        }
    }

    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void Logits_EqualLargest_GiveTheFirst(int width)
    {
        using Fixture fixture = new(width);
        var logits = new float[77];
        logits[41] = logits[57] = logits[76] = 2;
        LogitsResult result = Reduce(fixture.Backend, logits, out _);
        Assert.Equal(41, result.ArgMax[0]);
    }

    [Theory]
    [InlineData(128, float.NaN), InlineData(256, float.NaN), InlineData(512, float.NaN)]
    [InlineData(128, float.PositiveInfinity), InlineData(512, float.PositiveInfinity)]
    public void Logits_NotFinite_ShowInTheSum(int width, float wrong)
    {
        using Fixture fixture = new(width);
        foreach (int at in (int[])[0, 30, 76])
        {
            float[] logits = TestRows.Random(new Random(1), 77);
            logits[at] = wrong;
            Assert.False(float.IsFinite(Reduce(fixture.Backend, logits, out _).LogSumExp[0]));
        }
    }

    /// <summary>Makes logits of any values: a head of one input, which is 1.</summary>
    private static LogitsResult Reduce(IComputeBackend backend, float[] values, out float[] logits)
    {
        LinearWeight head = TestRows.Weight(values, values.Length, 1, torch.float32, null, out logits);
        backend.Prepare(head);
        using NativeRows input = TestRows.Fill(backend, 1, [1]);
        var result = new LogitsResult();
        backend.Logits(input, head, [true], result);
        head.Dispose();
        return result;
    }

    private sealed class Fixture : IDisposable
    {
        private readonly WorkerPool _pool = new(1);

        public Fixture(int width)
        {
            Widths.Require(width);
            Backend = CpuBackend.Create(_pool, width);
        }

        public IComputeBackend Backend { get; }

        public void Dispose()
        {
            Backend.Dispose();
            _pool.Dispose();
        }
    }
}
