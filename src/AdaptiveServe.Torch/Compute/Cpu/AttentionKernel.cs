namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Causal attention of some tokens of a sequence over its blocks, read where they lie.</summary>
/// <remarks>
/// Keys and values are read in chunks, each once for all query vectors of an item, and the softmax is carried from chunk to chunk (Dao et
/// al. 2022, FlashAttention; Milakov and Gimelshein 2018). Chunks and the order of all sums depend on positions only, so a vector's bits are
/// those that it has alone.
/// </remarks>
internal static unsafe class AttentionKernel
{
    private const int TileVectors = 4;
    private const float Nothing = -1e30f; // less than any score; weights of such are 0

    /// <param name="batch">What the items share.</param>
    /// <param name="item">The vectors to compute.</param>
    /// <param name="scratch">Reserved for the length of a head.</param>
    /// <typeparam name="TLanes">Registers of positions.</typeparam>
    /// <typeparam name="TValues">Registers of dimensions: no wider than half a head where there are such.</typeparam>
    /// <typeparam name="TFormat">How keys and values are held.</typeparam>
    public static void Run<TLanes, TValues, TFormat>(in AttentionBatch batch, in AttentionItem item, AttentionScratch scratch)
        where TLanes : struct, ILanes<TLanes>
        where TValues : struct, ILanes<TValues>
        where TFormat : ICacheFormat
    {
        new Span<float>(scratch.Largest, item.Count).Fill(Nothing);
        new Span<float>(scratch.Sums, item.Count).Clear();
        new Span<float>(scratch.Blends, item.Count * (int)scratch.Stride).Clear();
        int first = batch.FirstVisible(item.Position(batch, 0)), end = item.Position(batch, item.Count - 1) + 1;
        for (int start = first / AttentionScratch.ChunkLength * AttentionScratch.ChunkLength; start < end; start += AttentionScratch.ChunkLength)
        {
            AttentionChunk chunk = AttentionChunk.Map<TLanes, TFormat>(
                batch, item, start, Math.Max(start, first), Math.Min(start + AttentionScratch.ChunkLength, end), scratch);
            for (int vector = 0; vector < item.Count; vector += TileVectors)
                RunTile<TLanes, TValues, TFormat>(batch, item, chunk, vector, Math.Min(TileVectors, item.Count - vector), scratch);
        }

        for (int vector = 0; vector < item.Count; vector++)
        {
            float scale = 1 / scratch.Sums[vector];
            RowKernels.Scale<TValues>(scratch.Blends + vector * scratch.Stride, scale, batch.Layout.HeadDim, item.Output(batch, vector));
        }
    }

    private static void RunTile<TLanes, TValues, TFormat>(
        in AttentionBatch batch, in AttentionItem item, in AttentionChunk chunk, int vector, int count, AttentionScratch scratch)
        where TLanes : struct, ILanes<TLanes>
        where TValues : struct, ILanes<TValues>
        where TFormat : ICacheFormat
    {
        int limit = Math.Min(chunk.End, item.Position(batch, vector + count - 1) + 1) - chunk.Start;
        if (limit <= 0) return;
        Score<TLanes, TFormat>(batch, item, chunk.GroupsBelow(limit), vector, count, scratch.Scores);
        float scale = 1 / MathF.Sqrt(batch.Layout.HeadDim);
        float* corrections = stackalloc float[TileVectors];
        for (int i = 0; i < count; i++)
        {
            int position = item.Position(batch, vector + i);
            int low = Math.Max(0, batch.FirstVisible(position) - chunk.Start), high = Math.Min(chunk.End, position + 1) - chunk.Start;
            float* scores = scratch.Scores + i * AttentionScratch.ScoreStride;
            corrections[i] = low < high
                ? Weigh<TLanes>(scores, low, high, scale, ref scratch.Largest[vector + i], ref scratch.Sums[vector + i])
                : 1;
            int weighed = low < high ? high : 0;
            if (weighed < limit) new Span<float>(scores + weighed, limit - weighed).Clear();
        }

        Blend<TValues, TFormat>(batch, chunk, limit, count, corrections, scratch, vector);
    }

    /// <summary>Four at a time; a tile of two or three computes its last one again rather than read the keys again.</summary>
    private static void Score<TLanes, TFormat>(
        in AttentionBatch batch, in AttentionItem item, ReadOnlySpan<KeyGroup> groups, int vector, int count, float* scores)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : ICacheFormat
    {
        var values = (nint)(batch.Values - batch.Keys);
        if (count == 1)
        {
            ScoreKernel.One<TLanes, TFormat>(groups, item.Query(batch, vector), batch.Layout, values, scores);
            return;
        }

        int last = vector + count - 1;
        ScoreKernel.Four<TLanes, TFormat>(
            groups, item.Query(batch, vector), item.Query(batch, vector + 1), item.Query(batch, Math.Min(vector + 2, last)),
            item.Query(batch, last), batch.Layout, values, scores);
    }

    /// <summary>scores = e^(scale * (score - largest)) of the positions [low, high), and 0 before them.</summary>
    /// <returns>What earlier weights have to be multiplied with, since the largest score may be a new one.</returns>
    private static float Weigh<TLanes>(float* scores, int low, int high, float scale, ref float largest, ref float sum)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int i = 0; i < low; i++) scores[i] = Nothing;
        for (int i = high; i % TLanes.Width != 0; i++) scores[i] = Nothing;
        TLanes max = TLanes.Broadcast(largest);
        for (int i = 0; i < high; i += TLanes.Width) max = TLanes.Max(max, TLanes.Load(scores + i));
        float newLargest = LaneMath.Max(max), correction = largest == Nothing ? 0 : MathF.Exp((largest - newLargest) * scale);
        max = TLanes.Broadcast(newLargest);
        TLanes scales = TLanes.Broadcast(scale), total = default;
        for (int i = 0; i < high; i += TLanes.Width)
        {
            TLanes weights = LaneMath.Exp(TLanes.Multiply(TLanes.Subtract(TLanes.Load(scores + i), max), scales));
            TLanes.Store(weights, scores + i);
            total = TLanes.Add(total, weights);
        }

        largest = newLargest;
        sum = sum * correction + LaneSums.Sum(TLanes.Fold(total));
        return correction;
    }

    private static void Blend<TValues, TFormat>(
        in AttentionBatch batch, in AttentionChunk chunk, int limit, int count, float* corrections, AttentionScratch scratch, int vector)
        where TValues : struct, ILanes<TValues>
        where TFormat : ICacheFormat
    {
        int i = 0;
        nint dim = batch.Layout.HeadDim, stride = scratch.Stride;
        float* blends = scratch.Blends + vector * stride, weights = scratch.Scores;
        for (; i + 2 <= count; i += 2)
        {
            BlendKernel.Two<TValues, TFormat>(chunk, limit, dim, weights + i * AttentionScratch.ScoreStride, corrections[i], corrections[i + 1],
                blends + i * stride, blends + (i + 1) * stride);
        }

        if (i < count)
            BlendKernel.One<TValues, TFormat>(chunk, limit, dim, weights + i * AttentionScratch.ScoreStride, corrections[i], blends + i * stride);
    }
}
