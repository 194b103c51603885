using AdaptiveServe.Torch.Compute.Cpu;

namespace AdaptiveServe.Torch.Tests.Compute;

public class AttentionKernelTests
{
    /// <summary>Heads that share keys, windows, odd head sizes, lengths around a tile, slots in any order: against float64.</summary>
    [Theory, InlineData(128), InlineData(256), InlineData(512)]
    public void Run_AnyShape_EqualsDouble(int width)
    {
        foreach (int length in (int[])[1, 2, 5, 31, 32, 33, 100])
            foreach ((int heads, int keyValueHeads, int dim) in new[] { (1, 1, 1), (4, 2, 20), (6, 2, 32), (3, 1, 64), (2, 2, 144) })
                foreach (int? window in new int?[] { null, 7 })
                    Widths.Run(width, new Check(length, heads, keyValueHeads, dim, window));
    }

    private sealed unsafe class Check(int length, int heads, int keyValueHeads, int dim, int? window) : ILanesCheck
    {
        public void Run<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            var random = new Random(length);
            float[] query = TestRows.Random(random, heads * dim, 2), output = new float[heads * dim];
            float[] keys = TestRows.Random(random, length * keyValueHeads * dim), values = TestRows.Random(random, length * keyValueHeads * dim);
            int[] slots = [.. Enumerable.Range(0, length)];
            random.Shuffle(slots);
            fixed (float* q = query, k = keys, v = values, o = output)
            fixed (int* s = slots)
            {
                var arguments = new AttentionKernel.Arguments
                {
                    Queries = q,
                    QueryStride = query.Length,
                    Keys = k,
                    Values = v,
                    Output = o,
                    OutputStride = output.Length,
                    Heads = heads,
                    KeyValueHeads = keyValueHeads,
                    HeadDim = dim,
                    Window = window,
                };
                using var scratch = new NativeBuffer<float>();
                scratch.Reserve(AttentionKernel.ScratchLength(arguments, length - 1));
                for (int head = 0; head < keyValueHeads; head++) AttentionKernel.Run<TLanes>(arguments, Item(s, head, 1), scratch.Data);
                float[] apart = [.. output];
                AttentionKernel.Run<TLanes>(arguments, Item(s, 0, keyValueHeads), scratch.Data);
                Assert.Equal(apart, output);
            }

            for (int head = 0; head < heads; head++)
            {
                double[] expected = Attend(query.AsSpan(head * dim, dim), keys, values, slots, head / (heads / keyValueHeads));
                for (int i = 0; i < dim; i++) Assert.Equal(expected[i], output[head * dim + i], 2e-6);
            }
        }

        private AttentionKernel.Item Item(int* slots, int head, int count) =>
            new() { Token = 0, Position = length - 1, Slots = slots, FirstKeyValueHead = head, KeyValueHeads = count };

        private double[] Attend(ReadOnlySpan<float> query, float[] keys, float[] values, int[] slots, int head)
        {
            var output = new double[dim];
            double sum = 0;
            for (int position = window is { } w ? Math.Max(0, length - w) : 0; position < length; position++)
            {
                int row = (slots[position] * keyValueHeads + head) * dim;
                double score = 0;
                for (int i = 0; i < dim; i++) score += (double)query[i] * keys[row + i];
                double weight = Math.Exp(score / Math.Sqrt(dim));
                sum += weight;
                for (int i = 0; i < dim; i++) output[i] += weight * values[row + i];
            }

            return [.. output.Select(x => x / sum)];
        }
    }
}
