namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>A chunk of a sequence's positions, and where its blocks have them.</summary>
internal readonly unsafe struct AttentionChunk
{
    private readonly KeyGroup* _groups;
    private readonly ValueRun* _runs;
    private readonly int _groupCount, _runCount;

    private AttentionChunk(int start, int end, KeyGroup* groups, int groupCount, ValueRun* runs, int runCount)
    {
        (Start, End, _groupCount, _runCount) = (start, end, groupCount, runCount);
        _groups = groups;
        _runs = runs;
    }

    /// <summary>The position that scores are counted from.</summary>
    public int Start { get; }

    public int End { get; }

    public ReadOnlySpan<KeyGroup> Groups => new(_groups, _groupCount);

    public ReadOnlySpan<ValueRun> Runs => new(_runs, _runCount);

    /// <summary>Finds the positions [from, end) of a chunk that begins at <paramref name="start"/>.</summary>
    public static AttentionChunk Map<TLanes, TFormat>(
        in AttentionBatch batch, in AttentionItem item, int start, int from, int end, AttentionScratch scratch)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : ICacheFormat
    {
        int groups = 0, runs = 0, size = batch.Layout.BlockSize;
        (int block, int place) = Math.DivRem(from, size);
        while (from < end)
        {
            int count = Math.Min(size - place, end - from);
            nint data = batch.Layout.Block(item.Blocks[block++], item.KeyValueHead);
            byte* values = batch.Values + (data + (nint)place * batch.Layout.HeadDim) * TFormat.Size;
            scratch.Runs[runs++] = new ValueRun(values, from - start, count, (place & 1) != 0);
            for (int i = 0; i < count; i += TLanes.Width)
                scratch.Groups[groups++] = new KeyGroup(batch.Keys + (data + place + i) * TFormat.Size, from - start + i);
            from += count;
            place = 0;
        }

        return new AttentionChunk(start, end, scratch.Groups, groups, scratch.Runs, runs);
    }

    /// <summary>The groups that hold positions before <paramref name="limit"/>, counted from the chunk's beginning.</summary>
    public ReadOnlySpan<KeyGroup> GroupsBelow(int limit)
    {
        int count = _groupCount;
        while (count > 0 && _groups[count - 1].Offset >= limit) count--;
        return new(_groups, count);
    }
}
