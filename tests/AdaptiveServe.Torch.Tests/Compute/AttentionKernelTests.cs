using AdaptiveServe.Torch.Compute.Cpu;

namespace AdaptiveServe.Torch.Tests.Compute;

public class AttentionKernelTests
{
    private static readonly (int Heads, int KeyValueHeads, int Dim)[] Shapes =
        [(1, 1, 2), (2, 2, 8), (3, 1, 16), (4, 2, 20), (6, 2, 32), (3, 1, 64), (2, 2, 144), (1, 1, 256)];

    /// <summary>
    /// The last rows of a sequence, against float64: heads that share keys, windows, any head size, blocks of any size in any order, lengths
    /// around registers and chunks. Each row alone, in any item, has the same bits.
    /// </summary>
    [Theory]
    [InlineData(128, "F32"), InlineData(256, "F32"), InlineData(512, "F32")]
    [InlineData(128, "BF16"), InlineData(256, "BF16"), InlineData(512, "BF16")]
    [InlineData(128, "F16"), InlineData(256, "F16"), InlineData(512, "F16")]
    public void Run_AnyShape_EqualsDoubleAndRowsAlone(int width, string format)
    {
        foreach ((int length, int rows) in new[] { (1, 1), (5, 5), (32, 9), (100, 3), (257, 5), (600, 11) })
            foreach ((int heads, int keyValueHeads, int dim) in Shapes)
                foreach ((int blockSize, int? window) in new (int, int?)[] { (16, null), (3, 7), (20, null), (16, 260) })
                    Widths.Run(width, new Check(new Setup(length, rows, heads, keyValueHeads, dim, blockSize, window), format));
    }

    private sealed record Setup(int Length, int Rows, int Heads, int KeyValueHeads, int Dim, int BlockSize, int? Window)
    {
        public int Group => Heads / KeyValueHeads;

        public CacheLayout Layout => new(KeyValueHeads, Dim, BlockSize);
    }

    private sealed class Check(Setup setup, string format) : ILanesCheck
    {
        public void Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            if (setup.Dim >= 2 * TLanes.Width) RunFormat<TLanes, TLanes>();
            else RunFormat<TLanes, Lanes128>();
        }

        private void RunFormat<TLanes, TValues>()
            where TLanes : struct, ILanes<TLanes>
            where TValues : struct, ILanes<TValues>
        {
            if (format == "F32") new Attention<TLanes, TValues, Float32Cache>(setup).Verify();
            else if (format == "BF16") new Attention<TLanes, TValues, BFloat16Cache>(setup).Verify();
            else new Attention<TLanes, TValues, Float16Cache>(setup).Verify();
        }
    }

    private sealed unsafe class Attention<TLanes, TValues, TFormat>(Setup setup)
        where TLanes : struct, ILanes<TLanes>
        where TValues : struct, ILanes<TValues>
        where TFormat : ICacheFormat
    {
        private readonly float[] _queries = TestRows.Random(new Random(setup.Length), setup.Rows * setup.Heads * setup.Dim, 2);
        private readonly float[] _output = new float[setup.Rows * setup.Heads * setup.Dim];
        private readonly float[,,] _keys = new float[setup.Length, setup.KeyValueHeads, setup.Dim];
        private readonly float[,,] _values = new float[setup.Length, setup.KeyValueHeads, setup.Dim];
        private readonly int[] _blocks = [.. Enumerable.Range(0, (setup.Length + setup.BlockSize - 1) / setup.BlockSize)];

        public void Verify()
        {
            var random = new Random(setup.Dim);
            random.Shuffle(_blocks);
            byte[] keys = Cache(), values = Cache();
            fixed (byte* k = keys, v = values)
            fixed (float* q = _queries, o = _output)
            fixed (int* b = _blocks)
            {
                Fill(random, k, v);
                using var scratch = new AttentionScratch();
                scratch.Reserve(setup.Dim);
                AttentionBatch batch = Batch(q, o, k, v);
                for (int head = 0; head < setup.KeyValueHeads; head++)
                {
                    for (int first = 0; first < setup.Rows * setup.Group; first += AttentionScratch.MaxVectors)
                        Run(batch, b, head, first, Math.Min(AttentionScratch.MaxVectors, setup.Rows * setup.Group - first), scratch);
                }

                float[] together = [.. _output];
                AssertNear(together);
                for (int head = 0; head < setup.KeyValueHeads; head++)
                    for (int vector = 0; vector < setup.Rows * setup.Group; vector++) Run(batch, b, head, vector, 1, scratch);
                Assert.Equal(_output, together);
            }
        }

        /// <summary>Room that was never written holds what is no number.</summary>
        private byte[] Cache()
        {
            var cache = new byte[(_blocks.Length * setup.BlockSize * setup.KeyValueHeads * setup.Dim + 64) * TFormat.Size];
            cache.AsSpan().Fill(0xFF);
            return cache;
        }

        private void Fill(Random random, byte* keys, byte* values)
        {
            float* widened = stackalloc float[TLanes.Width];
            float Put(byte* cache, nint element)
            {
                TFormat.Store(2 * random.NextSingle() - 1, cache, element);
                TLanes.Store(TFormat.Load<TLanes>(cache, element), widened);
                return widened[0];
            }

            for (int i = 0; i < setup.Length; i++)
            {
                int slot = _blocks[i / setup.BlockSize] * setup.BlockSize + i % setup.BlockSize;
                for (int head = 0; head < setup.KeyValueHeads; head++)
                {
                    nint block = setup.Layout.Block(0, head);
                    for (int k = 0; k < setup.Dim; k++)
                    {
                        _keys[i, head, k] = Put(keys, setup.Layout.Key(slot) + block + (nint)k * setup.BlockSize);
                        _values[i, head, k] = Put(values, setup.Layout.Value(slot) + block + k);
                    }
                }
            }
        }

        private AttentionBatch Batch(float* queries, float* output, byte* keys, byte* values) => new()
        {
            Queries = queries,
            QueryStride = setup.Heads * setup.Dim,
            Keys = keys,
            Values = values,
            Output = output,
            OutputStride = setup.Heads * setup.Dim,
            Layout = setup.Layout,
            Group = setup.Group,
            Window = setup.Window,
        };

        private void Run(in AttentionBatch batch, int* blocks, int head, int first, int count, AttentionScratch scratch)
        {
            var item = new AttentionItem
            {
                KeyValueHead = head,
                FirstRow = 0,
                Start = setup.Length - setup.Rows,
                FirstVector = first,
                Count = count,
                Blocks = blocks,
            };
            AttentionKernel.Run<TLanes, TValues, TFormat>(batch, item, scratch);
        }

        private void AssertNear(float[] actual)
        {
            for (int row = 0; row < setup.Rows; row++)
            {
                for (int head = 0; head < setup.Heads; head++)
                {
                    int at = (row * setup.Heads + head) * setup.Dim;
                    double[] expected = Attend(_queries.AsSpan(at, setup.Dim), setup.Length - setup.Rows + row, head / setup.Group);
                    for (int i = 0; i < setup.Dim; i++) Assert.Equal(expected[i], actual[at + i], 4e-6);
                }
            }
        }

        private double[] Attend(ReadOnlySpan<float> query, int position, int head)
        {
            var output = new double[setup.Dim];
            double sum = 0;
            for (int i = setup.Window is { } window ? Math.Max(0, position - window + 1) : 0; i <= position; i++)
            {
                double score = 0;
                for (int k = 0; k < setup.Dim; k++) score += (double)query[k] * _keys[i, head, k];
                double weight = Math.Exp(score / Math.Sqrt(setup.Dim));
                sum += weight;
                for (int k = 0; k < setup.Dim; k++) output[k] += weight * _values[i, head, k];
            }

            return [.. output.Select(x => x / sum)];
        }
    }
}
