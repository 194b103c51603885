using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>blend = blend * correction + the values of a chunk times their weights.</summary>
/// <remarks>
/// Positions at even and at odd places of their blocks are summed apart, in their order, and a weight of 0 adds nothing: a blend's bits
/// depend on its own weights alone. Dimensions are taken in pairs of registers, so blends have room for whole pairs.
/// </remarks>
internal static unsafe class BlendKernel
{
    /// <summary>One vector's blend of the positions before <paramref name="limit"/>, counted from the chunk's beginning.</summary>
    public static void One<TLanes, TFormat>(
        in AttentionChunk chunk, int limit, nint dim, float* weights, float correction, float* blend)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : ICacheFormat
    {
        for (nint from = 0; from < dim; from += 2 * TLanes.Width)
        {
            TLanes even0 = default, even1 = default, odd0 = default, odd1 = default;
            foreach (ref readonly ValueRun run in chunk.Runs)
            {
                int count = Math.Min(run.Count, limit - run.Offset), i = 0;
                if (count <= 0) break;
                float* weight = weights + run.Offset;
                byte* values = run.Values;
                nint element = from;
                if (run.IsOdd) Add<TLanes, TFormat>(weight[i++], values, ref element, dim, ref odd0, ref odd1);
                for (; i + 2 <= count; i += 2)
                {
                    Add<TLanes, TFormat>(weight[i], values, ref element, dim, ref even0, ref even1);
                    Add<TLanes, TFormat>(weight[i + 1], values, ref element, dim, ref odd0, ref odd1);
                }

                if (i < count) Add<TLanes, TFormat>(weight[i], values, ref element, dim, ref even0, ref even1);
            }

            Put(even0, even1, odd0, odd1, correction, blend + from);
        }
    }

    /// <summary>Two vectors' blends, the second's weights <see cref="AttentionScratch.ScoreStride"/> behind the first's.</summary>
    public static void Two<TLanes, TFormat>(
        in AttentionChunk chunk, int limit, nint dim, float* weights, float correctionA, float correctionB, float* blendA, float* blendB)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : ICacheFormat
    {
        for (nint from = 0; from < dim; from += 2 * TLanes.Width)
        {
            TLanes evenA0 = default, evenA1 = default, oddA0 = default, oddA1 = default;
            TLanes evenB0 = default, evenB1 = default, oddB0 = default, oddB1 = default;
            foreach (ref readonly ValueRun run in chunk.Runs)
            {
                int count = Math.Min(run.Count, limit - run.Offset), i = 0;
                if (count <= 0) break;
                float* weight = weights + run.Offset;
                byte* values = run.Values;
                nint element = from;
                if (run.IsOdd) AddTwo<TLanes, TFormat>(weight + i++, values, ref element, dim, ref oddA0, ref oddA1, ref oddB0, ref oddB1);
                for (; i + 2 <= count; i += 2)
                {
                    AddTwo<TLanes, TFormat>(weight + i, values, ref element, dim, ref evenA0, ref evenA1, ref evenB0, ref evenB1);
                    AddTwo<TLanes, TFormat>(weight + i + 1, values, ref element, dim, ref oddA0, ref oddA1, ref oddB0, ref oddB1);
                }

                if (i < count) AddTwo<TLanes, TFormat>(weight + i, values, ref element, dim, ref evenA0, ref evenA1, ref evenB0, ref evenB1);
            }

            Put(evenA0, evenA1, oddA0, oddA1, correctionA, blendA + from);
            Put(evenB0, evenB1, oddB0, oddB1, correctionB, blendB + from);
        }
    }

    /// <summary>Adds one position and steps to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TLanes, TFormat>(float weight, byte* values, ref nint element, nint dim, ref TLanes sum0, ref TLanes sum1)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : ICacheFormat
    {
        TLanes factor = TLanes.Broadcast(weight);
        sum0 = TLanes.MultiplyAdd(factor, TFormat.Load<TLanes>(values, element), sum0);
        sum1 = TLanes.MultiplyAdd(factor, TFormat.Load<TLanes>(values, element + TLanes.Width), sum1);
        element += dim;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwo<TLanes, TFormat>(
        float* weight, byte* values, ref nint element, nint dim, ref TLanes sumA0, ref TLanes sumA1, ref TLanes sumB0, ref TLanes sumB1)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : ICacheFormat
    {
        TLanes value0 = TFormat.Load<TLanes>(values, element), value1 = TFormat.Load<TLanes>(values, element + TLanes.Width);
        TLanes factorA = TLanes.Broadcast(weight[0]), factorB = TLanes.Broadcast(weight[AttentionScratch.ScoreStride]);
        sumA0 = TLanes.MultiplyAdd(factorA, value0, sumA0);
        sumA1 = TLanes.MultiplyAdd(factorA, value1, sumA1);
        sumB0 = TLanes.MultiplyAdd(factorB, value0, sumB0);
        sumB1 = TLanes.MultiplyAdd(factorB, value1, sumB1);
        element += dim;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TLanes>(TLanes even0, TLanes even1, TLanes odd0, TLanes odd1, float correction, float* blend)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factor = TLanes.Broadcast(correction);
        float* second = blend + TLanes.Width;
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(blend), factor, TLanes.Add(even0, odd0)), blend);
        TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(second), factor, TLanes.Add(even1, odd1)), second);
    }
}
