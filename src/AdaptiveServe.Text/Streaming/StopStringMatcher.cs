namespace AdaptiveServe.Text.Streaming;

/// <summary>
/// Ends a text before the first stop string in it, however the text is cut into parts. One text, one thread at a time.
/// </summary>
/// <remarks>
/// The first stop string is the one whose last character comes first: generation ends there, so no later text can change the outcome. Of
/// several that end there the longest counts. Text that may be the beginning of a stop string is held back until that is decided.
/// </remarks>
public sealed class StopStringMatcher
{
    private readonly StopStrings.Pattern[] _patterns;
    private readonly int[] _matched; // how much of each the text ends in
    private char[] _held = []; // the text held back is [_start, _end)
    private int _start;
    private int _end;

    /// <param name="stopStrings">None of them empty; the list may be.</param>
    public StopStringMatcher(IReadOnlyList<string> stopStrings)
        : this(new StopStrings(stopStrings))
    {
    }

    /// <param name="stopStrings">Shared with other texts.</param>
    public StopStringMatcher(StopStrings stopStrings)
    {
        ArgumentNullException.ThrowIfNull(stopStrings);
        _patterns = stopStrings.Patterns;
        _matched = new int[_patterns.Length];
    }

    /// <summary>The stop string that ended the text; null while none has.</summary>
    public string? Matched { get; private set; }

    /// <summary>Takes a part of the text in; returns what is now known to be before any stop string. Empty once one has matched.</summary>
    public string Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Matched is not null || text.Length == 0) return ""; // what is held back stays undecided
        if (_patterns.Length == 0) return text;

        int possible = 0; // how many of the last characters may begin a stop string
        foreach (char character in text)
        {
            Hold(character);
            possible = Advance(character);
            if (Matched is null) continue;
            _end -= Matched.Length;
            return Flush();
        }

        return Release(_end - _start - possible);
    }

    /// <summary>Ends the text; returns what was held back.</summary>
    public string Flush() => Release(_end - _start);

    private int Advance(char character)
    {
        int possible = 0;
        for (int i = 0; i < _patterns.Length; i++)
        {
            StopStrings.Pattern pattern = _patterns[i];
            int matched = _matched[i] = pattern.Next(_matched[i], character);
            possible = Math.Max(possible, matched);
            if (matched == pattern.Text.Length && matched > (Matched?.Length ?? 0)) Matched = pattern.Text;
        }

        return possible;
    }

    private void Hold(char character)
    {
        if (_end == _held.Length) MakeRoom();
        _held[_end++] = character;
    }

    /// <summary>Moves the text to the front where that frees half of the space, and doubles the space otherwise.</summary>
    private void MakeRoom()
    {
        char[] target = _start >= _held.Length / 2 && _start > 0 ? _held : new char[Math.Max(32, 2 * _held.Length)];
        _held.AsSpan(_start.._end).CopyTo(target);
        _held = target;
        _end -= _start;
        _start = 0;
    }

    private string Release(int length)
    {
        string text = new(_held, _start, length);
        _start += length;
        if (_start == _end) _start = _end = 0;
        return text;
    }
}
