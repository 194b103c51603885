using System.Numerics.Tensors;
using AdaptiveServe.Torch.Running;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Causal attention of one token over its sequence's blocks, read where they lie.</summary>
internal static unsafe class AttentionKernel
{
    /// <summary>What all tokens of a batch share.</summary>
    public readonly struct Arguments
    {
        /// <summary>[tokens, QueryStride]; a token's query heads come first.</summary>
        public required float* Queries { get; init; }

        public required int QueryStride { get; init; }

        /// <summary>[slots, KeyValueHeads, HeadDim].</summary>
        public required float* Keys { get; init; }

        public required float* Values { get; init; }

        /// <summary>[tokens, Heads * HeadDim].</summary>
        public required float* Output { get; init; }

        public required int Heads { get; init; }

        public required int KeyValueHeads { get; init; }

        public required int HeadDim { get; init; }

        public required int? Window { get; init; }

        public required int BlockSize { get; init; }
    }

    /// <summary>Computes the query heads of one token that share a key-value head.</summary>
    /// <param name="a">The batch.</param>
    /// <param name="row">The token's sequence.</param>
    /// <param name="index">Which of the sequence's rows the token is.</param>
    /// <param name="keyValueHead">The head.</param>
    /// <param name="scores">Room for as many floats as the token has positions to look at.</param>
    public static void Run<TLanes>(in Arguments a, in RaggedRow row, int index, int keyValueHead, float* scores)
        where TLanes : struct, ILanes<TLanes>
    {
        int position = row.Start + index;
        int first = a.Window is { } window ? Math.Max(0, position - window + 1) : 0;
        int length = position + 1 - first, group = a.Heads / a.KeyValueHeads;
        float scale = 1f / MathF.Sqrt(a.HeadDim);
        nint token = row.FirstRow + index;
        var weights = new Span<float>(scores, length);
        for (int head = keyValueHead * group; head < (keyValueHead + 1) * group; head++)
        {
            float* query = a.Queries + token * a.QueryStride + head * a.HeadDim;
            Score<TLanes>(a, row, first, length, keyValueHead, query, scores);
            TensorPrimitives.Multiply(weights, scale, weights);
            TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
            TensorPrimitives.Exp(weights, weights);

            float* output = a.Output + (token * a.Heads + head) * a.HeadDim;
            float sum = Blend<TLanes>(a, row, first, length, keyValueHead, scores, output);
            TensorPrimitives.Divide(new Span<float>(output, a.HeadDim), sum, new Span<float>(output, a.HeadDim));
        }
    }

    private static void Score<TLanes>(in Arguments a, in RaggedRow row, int first, int length, int head, float* query, float* scores)
        where TLanes : struct, ILanes<TLanes>
    {
        nint stride = (nint)a.KeyValueHeads * a.HeadDim;
        ReadOnlySpan<int> blocks = row.Blocks.Blocks;
        for (int i = 0; i < length;)
        {
            (nint slot, int count) = Run(blocks, a.BlockSize, first + i, length - i);
            float* key = a.Keys + slot * stride + head * a.HeadDim;
            for (; count > 0; count--, key += stride)
                scores[i++] = LinearKernel.Dot<TLanes, Float32Weights>(query, a.HeadDim, (byte*)key);
        }
    }

    /// <summary>output = the sum of the values times their weights.</summary>
    /// <returns>The sum of the weights.</returns>
    private static float Blend<TLanes>(in Arguments a, in RaggedRow row, int first, int length, int head, float* weights, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        nint stride = (nint)a.KeyValueHeads * a.HeadDim;
        ReadOnlySpan<int> blocks = row.Blocks.Blocks;
        new Span<float>(output, a.HeadDim).Clear();
        float sum = 0;
        for (int i = 0; i < length;)
        {
            (nint slot, int count) = Run(blocks, a.BlockSize, first + i, length - i);
            float* value = a.Values + slot * stride + head * a.HeadDim;
            for (; count > 0; count--, value += stride)
            {
                float weight = weights[i++];
                sum += weight;
                Add<TLanes>(weight, value, a.HeadDim, output);
            }
        }

        return sum;
    }

    private static void Add<TLanes>(float weight, float* value, int count, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factor = TLanes.Broadcast(weight);
        int i = 0;
        for (; i <= count - TLanes.Width; i += TLanes.Width)
            TLanes.Store(TLanes.MultiplyAdd(factor, TLanes.Load(value + i), TLanes.Load(output + i)), output + i);
        for (; i < count; i++) output[i] += weight * value[i];
    }

    /// <summary>Where a position lies, and how many of the next ones lie right behind it.</summary>
    private static (nint Slot, int Count) Run(ReadOnlySpan<int> blocks, int blockSize, int position, int wanted)
    {
        int block = position / blockSize, offset = position % blockSize, count = blockSize - offset;
        nint slot = (nint)blocks[block] * blockSize + offset;
        while (count < wanted && blocks[block + 1] == blocks[block] + 1)
        {
            block++;
            count += blockSize;
        }

        return (slot, Math.Min(count, wanted));
    }
}
