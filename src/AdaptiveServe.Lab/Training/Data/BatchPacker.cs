namespace AdaptiveServe.Lab.Training.Data;

/// <summary>Packs chats into rows: of a pool of waiting chats, the longest that still fits goes next.</summary>
internal sealed class BatchPacker(IEnumerator<EncodedConversation> source, int rowLength, int padToken)
{
    private const int PoolSize = 64;

    private readonly List<EncodedConversation> _pool = [];

    public PackedBatch Next(int rowCount)
    {
        int[] tokens = new int[rowCount * rowLength], positions = new int[rowCount * rowLength];
        List<int> rows = [], targets = [];
        for (int row = 0; row < rowCount; row++)
        {
            int place = row * rowLength, end = place + rowLength;
            while (Take(end - place) is { } chat)
            {
                for (int i = 0; i < chat.Tokens.Length; i++)
                {
                    tokens[place + i] = chat.Tokens[i];
                    positions[place + i] = i;
                    if (i == 0 || !chat.IsTarget[i]) continue;
                    rows.Add(place + i - 1);
                    targets.Add(chat.Tokens[i]);
                }

                place += chat.Tokens.Length;
            }

            for (int i = 0; place < end; i++, place++) (tokens[place], positions[place]) = (padToken, i);
        }

        return new PackedBatch(tokens, positions, [.. rows], [.. targets]);
    }

    private EncodedConversation? Take(int room)
    {
        while (_pool.Count < PoolSize)
        {
            source.MoveNext();
            if (source.Current.Tokens.Length <= rowLength) _pool.Add(source.Current); // longer ones cannot be trained on
        }

        int best = -1;
        for (int i = 0; i < _pool.Count; i++)
            if (_pool[i].Tokens.Length <= room && (best < 0 || _pool[i].Tokens.Length > _pool[best].Tokens.Length)) best = i;
        if (best < 0) return null;
        EncodedConversation found = _pool[best];
        _pool.RemoveAt(best);
        return found;
    }
}
