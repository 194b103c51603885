using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Dot products of queries with the keys of a chunk.</summary>
/// <remarks>
/// Each position has a lane of its own, in which the dimensions are summed in their order: a score's bits depend neither on the vectors
/// and positions beside it, nor on the width of the registers. Scores behind a group's last position are overwritten by the next group.
/// Values are read right after, from places that the processor cannot foresee: while a line of keys is read, the line of values that lies as
/// far into its block is asked for. <c>values</c> is how far behind the keys they lie, in bytes.
/// </remarks>
internal static unsafe class ScoreKernel
{
    /// <summary>The scores of one query. Four groups at once, since each is a chain of additions.</summary>
    public static void One<TLanes, TFormat>(ReadOnlySpan<KeyGroup> groups, float* query, in CacheLayout layout, nint values, float* scores)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : ICacheFormat
    {
        int i = 0;
        nint dim = layout.HeadDim, step = layout.BlockSize;
        for (; i + 4 <= groups.Length; i += 4)
        {
            byte* keys0 = groups[i].Keys, keys1 = groups[i + 1].Keys, keys2 = groups[i + 2].Keys, keys3 = groups[i + 3].Keys;
            TLanes a = default, b = default, c = default, d = default;
            nint element = 0;
            for (nint k = 0; k < dim; k++, element += step)
            {
                nint line = values + element * TFormat.Size;
                WeightFormats.Prefetch(keys0 + line, 1);
                WeightFormats.Prefetch(keys1 + line, 1);
                WeightFormats.Prefetch(keys2 + line, 1);
                WeightFormats.Prefetch(keys3 + line, 1);
                TLanes q = TLanes.Broadcast(query[k]);
                a = TLanes.MultiplyAdd(q, TFormat.Load<TLanes>(keys0, element), a);
                b = TLanes.MultiplyAdd(q, TFormat.Load<TLanes>(keys1, element), b);
                c = TLanes.MultiplyAdd(q, TFormat.Load<TLanes>(keys2, element), c);
                d = TLanes.MultiplyAdd(q, TFormat.Load<TLanes>(keys3, element), d);
            }

            TLanes.Store(a, scores + groups[i].Offset);
            TLanes.Store(b, scores + groups[i + 1].Offset);
            TLanes.Store(c, scores + groups[i + 2].Offset);
            TLanes.Store(d, scores + groups[i + 3].Offset);
        }

        for (; i < groups.Length; i++)
        {
            byte* keys = groups[i].Keys;
            TLanes a = default;
            nint element = 0;
            for (nint k = 0; k < dim; k++, element += step) a = TLanes.MultiplyAdd(TLanes.Broadcast(query[k]), TFormat.Load<TLanes>(keys, element), a);
            TLanes.Store(a, scores + groups[i].Offset);
        }
    }

    /// <summary>The scores of four queries: keys are widened once for all of them.</summary>
    public static void Four<TLanes, TFormat>(
        ReadOnlySpan<KeyGroup> groups, float* query0, float* query1, float* query2, float* query3, in CacheLayout layout, nint values, float* scores)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : ICacheFormat
    {
        int i = 0;
        nint dim = layout.HeadDim, step = layout.BlockSize;
        for (; i + 2 <= groups.Length; i += 2)
        {
            byte* keys0 = groups[i].Keys, keys1 = groups[i + 1].Keys;
            TLanes a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            nint element = 0;
            for (nint k = 0; k < dim; k++, element += step)
            {
                nint line = values + element * TFormat.Size;
                WeightFormats.Prefetch(keys0 + line, 1);
                WeightFormats.Prefetch(keys1 + line, 1);
                TLanes x = TFormat.Load<TLanes>(keys0, element), y = TFormat.Load<TLanes>(keys1, element), q = TLanes.Broadcast(query0[k]);
                a0 = TLanes.MultiplyAdd(q, x, a0);
                a1 = TLanes.MultiplyAdd(q, y, a1);
                q = TLanes.Broadcast(query1[k]);
                b0 = TLanes.MultiplyAdd(q, x, b0);
                b1 = TLanes.MultiplyAdd(q, y, b1);
                q = TLanes.Broadcast(query2[k]);
                c0 = TLanes.MultiplyAdd(q, x, c0);
                c1 = TLanes.MultiplyAdd(q, y, c1);
                q = TLanes.Broadcast(query3[k]);
                d0 = TLanes.MultiplyAdd(q, x, d0);
                d1 = TLanes.MultiplyAdd(q, y, d1);
            }

            Store(a0, b0, c0, d0, scores + groups[i].Offset);
            Store(a1, b1, c1, d1, scores + groups[i + 1].Offset);
        }

        for (; i < groups.Length; i++)
        {
            byte* keys = groups[i].Keys;
            TLanes a = default, b = default, c = default, d = default;
            nint element = 0;
            for (nint k = 0; k < dim; k++, element += step)
            {
                TLanes x = TFormat.Load<TLanes>(keys, element);
                a = TLanes.MultiplyAdd(TLanes.Broadcast(query0[k]), x, a);
                b = TLanes.MultiplyAdd(TLanes.Broadcast(query1[k]), x, b);
                c = TLanes.MultiplyAdd(TLanes.Broadcast(query2[k]), x, c);
                d = TLanes.MultiplyAdd(TLanes.Broadcast(query3[k]), x, d);
            }

            Store(a, b, c, d, scores + groups[i].Offset);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TLanes>(TLanes a, TLanes b, TLanes c, TLanes d, float* scores)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.Store(a, scores);
        TLanes.Store(b, scores + AttentionScratch.ScoreStride);
        TLanes.Store(c, scores + 2 * AttentionScratch.ScoreStride);
        TLanes.Store(d, scores + 3 * AttentionScratch.ScoreStride);
    }
}
