using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>Python's <c>str.format</c>: <c>{}</c>, <c>{0}</c>, <c>{name}</c>, each with <c>!r</c> or <c>!s</c> and a format.</summary>
internal sealed class BraceFormat(Renderer renderer, string format, Arguments arguments)
{
    private readonly BoundedText _target = new(renderer.Budget);
    private int _position;
    private int _automatic;

    public static string Apply(Renderer renderer, string format, Arguments arguments) =>
        new BraceFormat(renderer, format, arguments).Apply();

    private string Apply()
    {
        while (_position < format.Length)
        {
            char character = format[_position++];
            bool isDoubled = _position < format.Length && format[_position] == character;
            if (character is not ('{' or '}')) _target.Append(character);
            else if (isDoubled) _target.Append(format[_position++]);
            else if (character == '}') throw RenderingException.Failed("a format has a single '}'");
            else AppendField();
        }

        return _target.ToString();
    }

    private void AppendField()
    {
        int end = format.IndexOf('}', _position);
        string field = end < 0 ? throw RenderingException.Failed("a format has a single '{'") : format[_position..end];
        _position = end + 1;

        int colon = field.IndexOf(':');
        string specification = colon < 0 ? "" : field[(colon + 1)..];
        string name = colon < 0 ? field : field[..colon];
        object value = name switch
        {
            [.. var rest, '!', 'r'] => Display.Repr(renderer, Value(rest)),
            [.. var rest, '!', 's'] => Display.Str(renderer, Value(rest)),
            _ => Value(name),
        };
        if (specification.Length == 0) Display.Write(renderer, value, _target);
        else _target.Append(new FormatSpecification(specification).Apply(renderer, value));
    }

    private object Value(string name)
    {
        if (name.Length == 0) return At(_automatic++);
        if (name.All(char.IsAsciiDigit)) return At(int.TryParse(name, out int index) ? index : int.MaxValue);
        foreach ((string keyword, object value) in arguments.Keywords)
            if (keyword == name) return value;
        throw RenderingException.Failed($"a format asks for '{name}', which is not given or not supported");
    }

    private object At(int index) => index < arguments.Positional.Length
        ? arguments.Positional[index]
        : throw RenderingException.Failed($"a format asks for argument {index}, but {arguments.Positional.Length} are given");
}
