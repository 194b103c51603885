namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>How Python's <c>json.dumps</c> lays its text out.</summary>
/// <param name="Indent">One level of indentation; null keeps everything on one line.</param>
/// <param name="ItemSeparator">Between items.</param>
/// <param name="KeySeparator">Between a key and its value.</param>
/// <param name="IsAscii">Escapes all other characters.</param>
/// <param name="SortsKeys">Sorts entries by key; otherwise they keep their order.</param>
internal sealed record JsonStyle(string? Indent, string ItemSeparator, string KeySeparator, bool IsAscii, bool SortsKeys);
