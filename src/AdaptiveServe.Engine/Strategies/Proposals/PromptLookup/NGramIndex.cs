namespace AdaptiveServe.Engine.Strategies.Proposals.PromptLookup;

/// <summary>Where each run of a few tokens last occurred in a sequence: found in constant time, kept as the sequence grows.</summary>
internal sealed class NGramIndex(int minLength, int maxLength)
{
    // The key holds a hash, so a find is compared with the tokens themselves.
    private readonly Dictionary<(int Length, ulong Hash), (int Latest, int Before)> _ends = [];
    private int _indexed;

    /// <summary>Where the longest run of tokens at the end occurred before, latest first.</summary>
    /// <param name="tokens">The sequence; what was seen before must not have changed.</param>
    /// <returns>The position after the earlier occurrence, or -1.</returns>
    public int Find(ReadOnlySpan<int> tokens)
    {
        Extend(tokens);
        for (int length = Math.Min(maxLength, tokens.Length - 1); length >= minLength; length--)
        {
            ReadOnlySpan<int> tail = tokens[^length..];
            if (!_ends.TryGetValue((length, Hash(tail)), out var ends)) continue;
            int end = ends.Latest == tokens.Length ? ends.Before : ends.Latest;
            if (end > 0 && tokens[(end - length)..end].SequenceEqual(tail)) return end;
        }

        return -1;
    }

    private void Extend(ReadOnlySpan<int> tokens)
    {
        for (; _indexed < tokens.Length; _indexed++)
        {
            int end = _indexed + 1;
            for (int length = minLength; length <= maxLength && length <= end; length++)
            {
                var key = (length, Hash(tokens[(end - length)..end]));
                int before = _ends.TryGetValue(key, out var known) ? known.Latest : 0;
                _ends[key] = (end, before);
            }
        }
    }

    private static ulong Hash(ReadOnlySpan<int> tokens)
    {
        ulong hash = 14695981039346656037; // FNV-1a over whole tokens
        foreach (int token in tokens) hash = (hash ^ (uint)token) * 1099511628211;
        return hash;
    }
}
