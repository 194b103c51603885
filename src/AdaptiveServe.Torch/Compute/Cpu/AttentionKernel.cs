using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Causal attention of one token over its sequence's blocks, read where they lie.</summary>
/// <remarks>
/// Positions are taken in tiles, counted from the first one that the token sees: all heads of a tile lie side by side, and the query heads
/// that share keys and values find them in the cache. A token's sums run in one order, whatever is computed beside it and wherever its blocks lie.
/// </remarks>
internal static unsafe class AttentionKernel
{
    private const int TilePositions = 32;

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

    /// <summary>Positions that are taken together.</summary>
    private readonly struct Tile
    {
        public required nint SlotStride { get; init; }

        public required int* Slots { get; init; }

        public required int Count { get; init; }

        public required bool Adds { get; init; }
    }

    /// <summary>Some heads of one token.</summary>
    public readonly struct Item
    {
        /// <summary>Row of the token.</summary>
        public required int Token { get; init; }

        /// <summary>The token's position in its sequence.</summary>
        public required int Position { get; init; }

        /// <summary>The slot of each position of the sequence.</summary>
        public required int* Slots { get; init; }

        public required int FirstKeyValueHead { get; init; }

        public required int KeyValueHeads { get; init; }
    }

    /// <summary>Floats of scratch that <see cref="Run"/> needs at most for a token.</summary>
    public static nint ScratchLength(in Arguments a, int position) => a.Heads * (ScoreStride(position + 1) + 1);

    /// <summary>Computes all query heads of some key-value heads of a token.</summary>
    /// <param name="a">The batch.</param>
    /// <param name="item">The token and its heads.</param>
    /// <param name="scores">Scratch.</param>
    public static void Run<TLanes>(in Arguments a, in Item item, float* scores)
        where TLanes : struct, ILanes<TLanes>
    {
        int first = a.Window is { } window ? Math.Max(0, item.Position - window + 1) : 0;
        int length = item.Position + 1 - first, group = a.Heads / a.KeyValueHeads, dim = a.HeadDim;
        int firstHead = item.FirstKeyValueHead * group, heads = item.KeyValueHeads * group;
        nint stride = ScoreStride(length), slotStride = (nint)a.KeyValueHeads * dim;
        float* queries = a.Queries + item.Token * a.QueryStride + firstHead * dim;
        float* output = a.Output + item.Token * a.OutputStride + firstHead * dim;
        float* keys = a.Keys + item.FirstKeyValueHead * dim, values = a.Values + item.FirstKeyValueHead * dim;
        float* factors = scores + heads * stride;
        int* slots = item.Slots + first;

        for (int from = 0; from < length; from += TilePositions)
        {
            int count = Math.Min(TilePositions, length - from);
            for (int head = 0; head < heads; head++)
                Score<TLanes>(queries + head * dim, keys + head / group * dim, slotStride, slots + from, count, dim, scores + head * stride + from);
        }

        float scale = 1f / MathF.Sqrt(dim);
        for (int head = 0; head < heads; head++) factors[head] = 1 / RowKernels.Softmax<TLanes>(scores + head * stride, length, scale);
        for (int from = 0; from < length; from += TilePositions)
        {
            var tile = new Tile { SlotStride = slotStride, Slots = slots + from, Count = Math.Min(TilePositions, length - from), Adds = from > 0 };
            for (int head = 0; head < heads; head++)
                Blend<TLanes>(tile, scores + head * stride + from, values + head / group * dim, dim, factors[head], output + head * dim);
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
    private static void Blend<TLanes>(in Tile tile, float* weights, float* values, int dim, float scale, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        int count = tile.Count;
        int* slots = tile.Slots;
        nint stride = tile.SlotStride;
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

            Put(TLanes.Add(even0, odd0), scale, tile.Adds, output + column);
            Put(TLanes.Add(even1, odd1), scale, tile.Adds, output + column + TLanes.Width);
        }

        for (; column < dim; column++)
        {
            float sum = 0;
            for (int i = 0; i < count; i++) sum += weights[i] * values[slots[i] * stride + column];
            output[column] = (tile.Adds ? output[column] : 0) + scale * sum;
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
