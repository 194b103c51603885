using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Causal attention of one token over its sequence's blocks, read where they lie.</summary>
/// <remarks>
/// Positions are taken in tiles, counted from the first one that the token sees: the query heads that share keys and values find them in
/// the cache. A token's sums run in one order, whatever is computed beside it and wherever its blocks lie.
/// </remarks>
internal static unsafe class AttentionKernel
{
    private const int TilePositions = 64;

    /// <summary>What all tokens of a batch share.</summary>
    public readonly struct Arguments
    {
        /// <summary>[tokens, QueryStride]; a token's query heads come first.</summary>
        public required float* Queries { get; init; }

        public required nint QueryStride { get; init; }

        /// <summary>[slots, KeyValueHeads, HeadDim].</summary>
        public required float* Keys { get; init; }

        public required float* Values { get; init; }

        /// <summary>[tokens, OutputStride]; heads one after the other.</summary>
        public required float* Output { get; init; }

        public required nint OutputStride { get; init; }

        public required int Heads { get; init; }

        public required int KeyValueHeads { get; init; }

        public required int HeadDim { get; init; }

        public required int? Window { get; init; }
    }

    /// <summary>Floats of scratch that <see cref="Run"/> needs at a position.</summary>
    public static nint ScratchLength(in Arguments a, int position) => (nint)(a.Heads / a.KeyValueHeads) * ScoreStride(position + 1);

    /// <summary>Computes the query heads of one token that share a key-value head.</summary>
    /// <param name="a">The batch.</param>
    /// <param name="token">Row of the token.</param>
    /// <param name="position">Its position in its sequence.</param>
    /// <param name="slots">The slot of each position of the sequence.</param>
    /// <param name="keyValueHead">The head.</param>
    /// <param name="scores">Scratch.</param>
    public static void Run<TLanes>(in Arguments a, int token, int position, int* slots, int keyValueHead, float* scores)
        where TLanes : struct, ILanes<TLanes>
    {
        int first = a.Window is { } window ? Math.Max(0, position - window + 1) : 0;
        int length = position + 1 - first, group = a.Heads / a.KeyValueHeads;
        nint stride = ScoreStride(length), slotStride = (nint)a.KeyValueHeads * a.HeadDim, head = (nint)keyValueHead * a.HeadDim;
        float* queries = a.Queries + token * a.QueryStride + head * group, output = a.Output + token * a.OutputStride + head * group;
        float* keys = a.Keys + head, values = a.Values + head;
        float* sums = stackalloc float[group];
        slots += first;

        for (int from = 0; from < length; from += TilePositions)
        {
            int count = Math.Min(TilePositions, length - from);
            for (int i = 0; i < group; i++)
                Score<TLanes>(queries + i * a.HeadDim, keys, slotStride, slots + from, count, a.HeadDim, scores + i * stride + from);
        }

        float scale = 1f / MathF.Sqrt(a.HeadDim);
        for (int i = 0; i < group; i++) sums[i] = 1 / RowKernels.Softmax<TLanes>(scores + i * stride, length, scale);
        for (int from = 0; from < length; from += TilePositions)
        {
            int count = Math.Min(TilePositions, length - from);
            for (int i = 0; i < group; i++)
                Blend<TLanes>(scores + i * stride + from, values, slotStride, slots + from, count, a.HeadDim, sums[i], from > 0, output + i * a.HeadDim);
        }
    }

    /// <summary>Whole registers of scores.</summary>
    private static nint ScoreStride(int length) => (length + 15) & ~15;

    private static void Score<TLanes>(float* query, float* keys, nint stride, int* slots, int count, int dim, float* scores)
        where TLanes : struct, ILanes<TLanes>
    {
        int i = 0;
        for (; i + 4 <= count; i += 4)
        {
            Dot4<TLanes>(query, keys + slots[i] * stride, keys + slots[i + 1] * stride, keys + slots[i + 2] * stride, keys + slots[i + 3] * stride,
                dim, scores + i);
        }

        for (; i < count; i++) scores[i] = LaneMath.Dot<TLanes>(query, keys + slots[i] * stride, dim);
    }

    /// <summary>Four dot products, each the one that <see cref="LaneMath.Dot"/> gives.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot4<TLanes>(float* query, float* key0, float* key1, float* key2, float* key3, int dim, float* scores)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i <= dim - TLanes.Width; i += TLanes.Width)
        {
            TLanes q = TLanes.Load(query + i);
            a = TLanes.MultiplyAdd(q, TLanes.Load(key0 + i), a);
            b = TLanes.MultiplyAdd(q, TLanes.Load(key1 + i), b);
            c = TLanes.MultiplyAdd(q, TLanes.Load(key2 + i), c);
            d = TLanes.MultiplyAdd(q, TLanes.Load(key3 + i), d);
        }

        LaneSums.Sum(TLanes.Fold(a), TLanes.Fold(b), TLanes.Fold(c), TLanes.Fold(d)).Store(scores);
        for (; i < dim; i++)
        {
            scores[0] += query[i] * key0[i];
            scores[1] += query[i] * key1[i];
            scores[2] += query[i] * key2[i];
            scores[3] += query[i] * key3[i];
        }
    }

    /// <summary>output (+)= scale * the sum of a tile's values times their weights: even and odd positions apart, then together.</summary>
    private static void Blend<TLanes>(
        float* weights, float* values, nint stride, int* slots, int count, int dim, float scale, bool adds, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        int column = 0;
        for (; column <= dim - 2 * TLanes.Width; column += 2 * TLanes.Width)
        {
            TLanes even0 = default, even1 = default, odd0 = default, odd1 = default;
            float* from = values + column;
            int i = 0;
            for (; i + 2 <= count; i += 2)
            {
                float* value0 = from + slots[i] * stride, value1 = from + slots[i + 1] * stride;
                TLanes weight0 = TLanes.Broadcast(weights[i]), weight1 = TLanes.Broadcast(weights[i + 1]);
                even0 = TLanes.MultiplyAdd(weight0, TLanes.Load(value0), even0);
                even1 = TLanes.MultiplyAdd(weight0, TLanes.Load(value0 + TLanes.Width), even1);
                odd0 = TLanes.MultiplyAdd(weight1, TLanes.Load(value1), odd0);
                odd1 = TLanes.MultiplyAdd(weight1, TLanes.Load(value1 + TLanes.Width), odd1);
            }

            if (i < count)
            {
                float* value = from + slots[i] * stride;
                TLanes weight = TLanes.Broadcast(weights[i]);
                even0 = TLanes.MultiplyAdd(weight, TLanes.Load(value), even0);
                even1 = TLanes.MultiplyAdd(weight, TLanes.Load(value + TLanes.Width), even1);
            }

            Put(TLanes.Add(even0, odd0), scale, adds, output + column);
            Put(TLanes.Add(even1, odd1), scale, adds, output + column + TLanes.Width);
        }

        for (; column < dim; column++)
        {
            float sum = 0;
            for (int i = 0; i < count; i++) sum += weights[i] * values[slots[i] * stride + column];
            output[column] = (adds ? output[column] : 0) + scale * sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TLanes>(TLanes sum, float scale, bool adds, float* target)
        where TLanes : struct, ILanes<TLanes>
    {
        sum = TLanes.Multiply(sum, TLanes.Broadcast(scale));
        TLanes.Store(adds ? TLanes.Add(TLanes.Load(target), sum) : sum, target);
    }
}
