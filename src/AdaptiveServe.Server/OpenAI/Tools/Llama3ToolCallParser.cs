using System.Text;

namespace AdaptiveServe.Server.OpenAI.Tools;

/// <summary>
/// Answers that are calls as a whole, as Llama 3 models write them: JSON objects with <c>name</c> and <c>parameters</c>, separated by
/// semicolons, possibly after <c>&lt;|python_tag|&gt;</c>.
/// </summary>
internal sealed class Llama3ToolCallParser : IToolCallParser
{
    private const string PythonTag = "<|python_tag|>";

    private readonly StringBuilder _held = new();
    private int _space; // how much of the held text is white space at its beginning
    private bool _isText, _beginsAsCalls;

    public ToolCallText Append(string text)
    {
        if (_isText) return new ToolCallText(text, []);
        _held.Append(text);
        if (MayBeCalls()) return new ToolCallText("", []);
        _isText = true;
        string content = _held.ToString();
        _held.Clear();
        return new ToolCallText(content, []);
    }

    public ToolCallText Flush()
    {
        string text = _held.ToString();
        _held.Clear();
        string calls = text.TrimStart();
        if (calls.StartsWith(PythonTag, StringComparison.Ordinal)) calls = calls[PythonTag.Length..];
        return ToolCallJson.TryReadAll(calls) is { } found ? new ToolCallText("", found) : new ToolCallText(text, []);
    }

    /// <summary>Looks at the first characters after white space only, however long the answer is.</summary>
    private bool MayBeCalls()
    {
        if (_beginsAsCalls) return true;
        while (_space < _held.Length && char.IsWhiteSpace(_held[_space])) _space++;
        string start = _held.ToString(_space, Math.Min(_held.Length - _space, PythonTag.Length));
        _beginsAsCalls = start == PythonTag || start.StartsWith('{');
        return _beginsAsCalls || PythonTag.StartsWith(start, StringComparison.Ordinal);
    }
}
