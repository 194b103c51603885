using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Python's <c>json.dumps</c>.</summary>
internal sealed class JsonWriter
{
    private readonly Renderer _renderer;
    private readonly JsonStyle _style;
    private readonly BoundedText _target;

    private JsonWriter(Renderer renderer, JsonStyle style) => (_renderer, _style, _target) = (renderer, style, new(renderer.Budget));

    public static string Write(Renderer renderer, object value, JsonStyle style)
    {
        var writer = new JsonWriter(renderer, style);
        writer.Write(value, level: 0);
        return writer._target.ToString();
    }

    private void Write(object value, int level)
    {
        _renderer.Budget.Enter();
        switch (value)
        {
            case string text: WriteText(text); break;
            case Sequence sequence: WriteItems(sequence.Items, level); break;
            case Generator generator: WriteItems(Iteration.ToList(_renderer, generator), level); break; // an error in Python
            case Mapping mapping: WriteEntries(mapping, level); break;
            default: _target.Append(Scalar(value)); break;
        }

        _renderer.Budget.Leave();
    }

    private string Scalar(object value) => value switch
    {
        None => "null",
        bool boolean => boolean ? "true" : "false",
        double number when double.IsNaN(number) => "NaN",
        double number when double.IsInfinity(number) => number > 0 ? "Infinity" : "-Infinity",
        Undefined undefined => throw undefined.Error(),
        _ when Numbers.IsNumber(value) => Display.Str(_renderer, value),
        _ => throw RenderingException.Failed($"a value of type '{TypeName.Of(value)}' cannot be written as JSON"),
    };

    private void WriteItems(List<object> items, int level)
    {
        _target.Append('[');
        for (int i = 0; i < items.Count; i++)
        {
            WriteSeparator(isFirst: i == 0, level + 1);
            Write(items[i], level + 1);
        }

        if (items.Count > 0) WriteLineBreak(level);
        _target.Append(']');
    }

    private void WriteEntries(Mapping mapping, int level)
    {
        _target.Append('{');
        IReadOnlyList<object> keys = mapping.Keys;
        if (_style.SortsKeys) keys = StableSort.Sort(_renderer, [.. keys], key => key, descending: false);
        for (int i = 0; i < keys.Count; i++)
        {
            WriteSeparator(isFirst: i == 0, level + 1);
            WriteText(keys[i] as string ?? Scalar(keys[i]));
            _target.Append(_style.KeySeparator);
            Write(mapping.Find(keys[i])!, level + 1);
        }

        if (keys.Count > 0) WriteLineBreak(level);
        _target.Append('}');
    }

    private void WriteSeparator(bool isFirst, int level)
    {
        if (!isFirst) _target.Append(_style.ItemSeparator);
        WriteLineBreak(level);
    }

    private void WriteLineBreak(int level)
    {
        if (_style.Indent is not { } indent) return;
        _target.Append('\n');
        for (int i = 0; i < level; i++) _target.Append(indent);
    }

    private void WriteText(string text)
    {
        _target.Append('"');
        int written = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (Escape(text[i]) is not { } escape) continue;
            _target.Append(text.AsSpan(written..i));
            _target.Append(escape);
            written = i + 1;
        }

        _target.Append(text.AsSpan(written));
        _target.Append('"');
    }

    private string? Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        '\f' => @"\f",
        '\b' => @"\b",
        < ' ' => $"\\u{(int)character:x4}",
        > '~' when _style.IsAscii => $"\\u{(int)character:x4}",
        _ => null,
    };
}
