using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Causal attention of one token over its sequence's blocks, read where they lie.</summary>
/// <remarks>
/// Keys, then values, are read once and in the direction of memory: all heads of four positions, then of the next four. A token's sums run
/// in one order, whatever is computed beside it and wherever its blocks lie.
/// </remarks>
internal static unsafe class AttentionKernel
{
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
        int group = a.Heads / a.KeyValueHeads, firstHead = item.FirstKeyValueHead * group;
        var heads = new Heads
        {
            Dim = a.HeadDim,
            Group = group,
            Count = item.KeyValueHeads * group,
            Slots = item.Slots + first,
            SlotStride = (nint)a.KeyValueHeads * a.HeadDim,
            Positions = item.Position + 1 - first,
            ScoreStride = ScoreStride(item.Position + 1 - first),
        };
        float* output = a.Output + item.Token * a.OutputStride + firstHead * a.HeadDim;
        Score<TLanes>(heads, a.Queries + item.Token * a.QueryStride + firstHead * a.HeadDim, a.Keys + item.FirstKeyValueHead * a.HeadDim, scores);

        float* sums = scores + heads.Count * heads.ScoreStride;
        float scale = 1f / MathF.Sqrt(a.HeadDim);
        for (int head = 0; head < heads.Count; head++)
            sums[head] = RowKernels.Softmax<TLanes>(scores + head * heads.ScoreStride, heads.Positions, scale);
        new Span<float>(output, heads.Count * a.HeadDim).Clear();
        Blend<TLanes>(heads, scores, a.Values + item.FirstKeyValueHead * a.HeadDim, output);
        for (int head = 0; head < heads.Count; head++)
            RowKernels.Scale<TLanes>(output + head * a.HeadDim, a.HeadDim, 1 / sums[head]);
    }

    /// <summary>Whole registers of scores.</summary>
    private static nint ScoreStride(int length) => (length + 15) & ~15;

    private static void Score<TLanes>(in Heads heads, float* queries, float* keys, float* scores)
        where TLanes : struct, ILanes<TLanes>
    {
        int i = 0, dim = heads.Dim, group = heads.Group, count = heads.Count;
        int* slots = heads.Slots;
        nint stride = heads.SlotStride, scoreStride = heads.ScoreStride;
        for (; i + 4 <= heads.Positions; i += 4)
        {
            float* key0 = keys + slots[i] * stride, key1 = keys + slots[i + 1] * stride;
            float* key2 = keys + slots[i + 2] * stride, key3 = keys + slots[i + 3] * stride;
            for (int head = 0; head < count; head++)
            {
                nint offset = head / group * dim;
                Dot4<TLanes>(queries + head * dim, key0 + offset, key1 + offset, key2 + offset, key3 + offset, dim, scores + head * scoreStride + i);
            }
        }

        for (; i < heads.Positions; i++)
        {
            for (int head = 0; head < count; head++)
                scores[head * scoreStride + i] = LaneMath.Dot<TLanes>(queries + head * dim, keys + slots[i] * stride + head / group * dim, dim);
        }
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

    /// <summary>output += the values times their weights, position by position.</summary>
    private static void Blend<TLanes>(in Heads heads, float* weights, float* values, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        int i = 0, dim = heads.Dim, group = heads.Group, count = heads.Count;
        int* slots = heads.Slots;
        nint stride = heads.SlotStride, weightStride = heads.ScoreStride;
        for (; i + 4 <= heads.Positions; i += 4)
        {
            float* value0 = values + slots[i] * stride, value1 = values + slots[i + 1] * stride;
            float* value2 = values + slots[i + 2] * stride, value3 = values + slots[i + 3] * stride;
            for (int head = 0; head < count; head++)
            {
                nint offset = head / group * dim;
                Add4<TLanes>(weights + head * weightStride + i, value0 + offset, value1 + offset, value2 + offset, value3 + offset, dim, output + head * dim);
            }
        }

        for (; i < heads.Positions; i++)
        {
            for (int head = 0; head < count; head++)
                Add<TLanes>(weights[head * weightStride + i], values + slots[i] * stride + head / group * dim, dim, output + head * dim);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add4<TLanes>(float* weights, float* value0, float* value1, float* value2, float* value3, int dim, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes weight0 = TLanes.Broadcast(weights[0]), weight1 = TLanes.Broadcast(weights[1]);
        TLanes weight2 = TLanes.Broadcast(weights[2]), weight3 = TLanes.Broadcast(weights[3]);
        int i = 0;
        for (; i <= dim - TLanes.Width; i += TLanes.Width)
        {
            TLanes sum = TLanes.MultiplyAdd(weight0, TLanes.Load(value0 + i), TLanes.Load(output + i));
            sum = TLanes.MultiplyAdd(weight1, TLanes.Load(value1 + i), sum);
            sum = TLanes.MultiplyAdd(weight2, TLanes.Load(value2 + i), sum);
            TLanes.Store(TLanes.MultiplyAdd(weight3, TLanes.Load(value3 + i), sum), output + i);
        }

        for (; i < dim; i++)
            output[i] = output[i] + weights[0] * value0[i] + weights[1] * value1[i] + weights[2] * value2[i] + weights[3] * value3[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TLanes>(float weight, float* value, int dim, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factor = TLanes.Broadcast(weight);
        int i = 0;
        for (; i <= dim - TLanes.Width; i += TLanes.Width)
            TLanes.Store(TLanes.MultiplyAdd(factor, TLanes.Load(value + i), TLanes.Load(output + i)), output + i);
        for (; i < dim; i++) output[i] += weight * value[i];
    }

    /// <summary>An item's heads and the positions that they look at.</summary>
    private readonly struct Heads
    {
        public required int Dim { get; init; }

        /// <summary>Query heads that share keys and values.</summary>
        public required int Group { get; init; }

        /// <summary>Query heads.</summary>
        public required int Count { get; init; }

        public required int* Slots { get; init; }

        public required nint SlotStride { get; init; }

        public required int Positions { get; init; }

        /// <summary>Floats from one head's scores to the next's.</summary>
        public required nint ScoreStride { get; init; }
    }
}
