namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Head norms and rotation of a token's queries and keys, and the writing of its keys and values into the cache.</summary>
internal static unsafe class RotationKernel
{
    /// <summary>What all tokens of a batch share.</summary>
    public readonly struct Arguments
    {
        /// <summary>[tokens, Stride]; queries, keys and values of a token one after the other.</summary>
        public required float* Rows { get; init; }

        public required nint Stride { get; init; }

        /// <summary>Query heads.</summary>
        public required int Heads { get; init; }

        public required CacheLayout Layout { get; init; }

        /// <summary>[positions, half a head].</summary>
        public required float* Cosines { get; init; }

        public required float* Sines { get; init; }

        /// <summary>[head], or null when query heads are not normalised.</summary>
        public required float* QueryNorm { get; init; }

        public required float* KeyNorm { get; init; }

        public required float NormEpsilon { get; init; }

        public required byte* Keys { get; init; }

        public required byte* Values { get; init; }
    }

    public static void Run<TLanes, TFormat>(in Arguments a, int row, int position, int slot)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : ICacheFormat
    {
        int dim = a.Layout.HeadDim, half = dim / 2;
        float* heads = a.Rows + row * a.Stride;
        float* cosines = a.Cosines + (nint)position * half, sines = a.Sines + (nint)position * half;
        for (int head = 0; head < a.Heads + a.Layout.Heads; head++)
        {
            float* vector = heads + head * dim, norm = head < a.Heads ? a.QueryNorm : a.KeyNorm;
            if (norm != null) RowKernels.RmsNorm<TLanes>(vector, norm, dim, a.NormEpsilon, vector);
            RowKernels.Rotate<TLanes>(vector, cosines, sines, half);
        }

        Store<TFormat>(a, heads + a.Heads * dim, slot);
    }

    private static void Store<TFormat>(in Arguments a, float* heads, int slot)
        where TFormat : ICacheFormat
    {
        int dim = a.Layout.HeadDim, size = a.Layout.BlockSize, count = a.Layout.Heads;
        nint key = a.Layout.Key(slot), value = a.Layout.Value(slot), nextHead = (nint)dim * size;
        for (int head = 0; head < count; head++, key += nextHead, value += nextHead)
        {
            float* from = heads + head * dim, values = from + count * dim;
            for (int i = 0; i < dim; i++)
            {
                TFormat.Store(from[i], a.Keys, key + (nint)i * size);
                TFormat.Store(values[i], a.Values, value + i);
            }
        }
    }
}
