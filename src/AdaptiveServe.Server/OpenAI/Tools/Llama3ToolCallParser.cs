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
    private bool _isText;

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

    /// <summary>Looks at the first characters only, however long the answer is.</summary>
    private bool MayBeCalls()
    {
        string start = _held.ToString(0, Math.Min(_held.Length, 64)).TrimStart();
        return start.Length == 0 || start[0] == '{' || start.StartsWith(PythonTag, StringComparison.Ordinal)
            || PythonTag.StartsWith(start, StringComparison.Ordinal);
    }
}
