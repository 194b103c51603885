using System.Text;

namespace AdaptiveServe.Server.OpenAI.Tools;

/// <summary>Calls between <c>&lt;tool_call&gt;</c> and <c>&lt;/tool_call&gt;</c>, as Hermes and Qwen models write them.</summary>
internal sealed class HermesToolCallParser : IToolCallParser
{
    private const string Begin = "<tool_call>", EndMark = "</tool_call>";

    private readonly StringBuilder _held = new(); // outside of a call: white space, then what may begin a mark; inside: the call so far
    private readonly StringBuilder _content = new();
    private List<ToolCall> _calls = [];
    private string _spaceBefore = ""; // the white space before the call that is being read
    private int _space; // how much of the held text is that white space
    private bool _isInCall, _hasCalls;

    public ToolCallText Append(string text)
    {
        foreach (char character in text)
        {
            _held.Append(character);
            if (_isInCall) EndCall();
            else TakeContent(character);
        }

        return Take();
    }

    public ToolCallText Flush()
    {
        if (_isInCall) AddCall(_held.ToString(), closed: ""); // the end of the answer ends a call too
        else if (!_hasCalls || _space < _held.Length) _content.Append(_held);
        Hold(0);
        return Take();
    }

    /// <summary>White space before a call is dropped with it, so it waits until that is decided.</summary>
    private void TakeContent(char last)
    {
        if (_space == _held.Length - 1 && char.IsWhiteSpace(last))
        {
            _space++;
            return;
        }

        int marked = _held.Length - _space;
        if (Begin.AsSpan().StartsWith(_held.ToString(_space, marked)))
        {
            if (marked < Begin.Length) return;
            _isInCall = true;
            _spaceBefore = _held.ToString(0, _space);
            Hold(0);
            return;
        }

        // No mark; but the last character may begin one, or the white space before one.
        int kept = last == Begin[0] || char.IsWhiteSpace(last) ? 1 : 0;
        _content.Append(_held, 0, _held.Length - kept);
        Hold(kept);
    }

    /// <summary>Keeps that many of the last characters.</summary>
    private void Hold(int kept)
    {
        _held.Remove(0, _held.Length - kept);
        _space = kept == 1 && char.IsWhiteSpace(_held[0]) ? 1 : 0;
    }

    private void EndCall()
    {
        int length = _held.Length - EndMark.Length;
        if (length < 0 || _held[^1] != '>' || _held.ToString(length, EndMark.Length) != EndMark) return;
        AddCall(_held.ToString(0, length), EndMark);
        _isInCall = false;
        Hold(0);
    }

    private void AddCall(string text, string closed)
    {
        if (ToolCallJson.TryReadAll(text) is { } calls)
        {
            _calls.AddRange(calls);
            _hasCalls = true;
        }
        else _content.Append(_spaceBefore).Append(Begin).Append(text).Append(closed);
    }

    private ToolCallText Take()
    {
        var taken = new ToolCallText(_content.ToString(), _calls);
        _content.Clear();
        if (_calls.Count > 0) _calls = [];
        return taken;
    }
}
