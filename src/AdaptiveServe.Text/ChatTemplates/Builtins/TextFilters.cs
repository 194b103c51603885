using System.Text;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>Filters that turn a value into text and work on that.</summary>
internal static class TextFilters
{
    public static Builtin[] All { get; } =
    [
        new("string", "", (renderer, value, _) => Display.Str(renderer, value)),
        new("safe", "", (renderer, value, _) => Display.Str(renderer, value)), // nothing is escaped anyway
        new("upper", "", (renderer, value, _) => Display.Str(renderer, value).ToUpperInvariant()),
        new("lower", "", (renderer, value, _) => Display.Str(renderer, value).ToLowerInvariant()),
        new("capitalize", "", (renderer, value, _) => CodePoints.Capitalize(Display.Str(renderer, value))),
        new("title", "", (renderer, value, _) => Title(Display.Str(renderer, value))),
        new("trim", "chars?", (renderer, value, arguments) =>
            TextMethods.Strip(renderer, Display.Str(renderer, value), arguments[0], atStart: true, atEnd: true)),
        new("replace", "old new count?", (renderer, value, arguments) => TextSplitting.Replace(
            renderer,
            Display.Str(renderer, value),
            Display.Str(renderer, arguments[0]!),
            Display.Str(renderer, arguments[1]!),
            arguments[2] is None ? -1 : Argument.Integer(arguments[2], -1))),
        new("indent", "width? first? blank?", Indent),
    ];

    /// <summary>Words begin after white space, hyphens and opening brackets.</summary>
    private static string Title(string text)
    {
        var target = new StringBuilder(text.Length);
        bool isStart = true;
        foreach (char character in text)
        {
            target.Append(isStart ? char.ToUpperInvariant(character) : char.ToLowerInvariant(character));
            isStart = character is '-' or '(' or '{' or '[' or '<' || CodePoints.IsSpace(character);
        }

        return target.ToString();
    }

    private static string Indent(Renderer renderer, object value, object?[] arguments)
    {
        string indentation = arguments[0] as string ?? Spaces(renderer, Argument.Integer(arguments[0], 4));
        bool isBlankIndented = Argument.Flag(arguments[2]);
        var target = new BoundedText(renderer.Budget);
        bool isFirst = true;
        foreach (string line in TextSplitting.Lines(Argument.RequiredText(value) + "\n", keepsEnds: false))
        {
            if (!isFirst) target.Append('\n');
            if (isFirst ? Argument.Flag(arguments[1]) : line.Length > 0 || isBlankIndented) target.Append(indentation);
            target.Append(line);
            isFirst = false;
        }

        return target.ToString();
    }

    private static string Spaces(Renderer renderer, long width)
    {
        renderer.Budget.AllocateText(Math.Max(width, 0));
        return new string(' ', (int)Math.Max(width, 0));
    }
}
