using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>The methods of texts.</summary>
/// <remarks>Upper and lower case are those of single characters: the case of ß stays.</remarks>
internal static class TextMethods
{
    private const int MaxStripped = 256; // each character of a text may be looked for among them

    public static FrozenDictionary<string, Builtin> All { get; } = Builtin.Table(
        new("upper", "", (_, self, _) => ((string)self).ToUpperInvariant()),
        new("lower", "", (_, self, _) => ((string)self).ToLowerInvariant()),
        new("capitalize", "", (_, self, _) => CodePoints.Capitalize((string)self)),
        new("title", "", (_, self, _) => Title((string)self)),

        new("strip", "chars?", (renderer, self, arguments) => Strip(renderer, (string)self, arguments[0], atStart: true, atEnd: true)),
        new("lstrip", "chars?", (renderer, self, arguments) => Strip(renderer, (string)self, arguments[0], atStart: true, atEnd: false)),
        new("rstrip", "chars?", (renderer, self, arguments) => Strip(renderer, (string)self, arguments[0], atStart: false, atEnd: true)),
        new("removeprefix", "prefix", (_, self, arguments) => RemovePrefix((string)self, Argument.RequiredText(arguments[0]))),
        new("removesuffix", "suffix", (_, self, arguments) => RemoveSuffix((string)self, Argument.RequiredText(arguments[0]))),

        new("startswith", "prefix", (renderer, self, arguments) =>
            Affixes(renderer, arguments[0]!, affix => ((string)self).StartsWith(affix, StringComparison.Ordinal))),
        new("endswith", "suffix", (renderer, self, arguments) =>
            Affixes(renderer, arguments[0]!, affix => ((string)self).EndsWith(affix, StringComparison.Ordinal))),
        new("find", "sub", (renderer, self, arguments) => Position((string)self, First(renderer, self, arguments[0]), isRequired: false)),
        new("rfind", "sub", (renderer, self, arguments) => Position((string)self, Last(renderer, self, arguments[0]), isRequired: false)),
        new("index", "sub", (renderer, self, arguments) => Position((string)self, First(renderer, self, arguments[0]), isRequired: true)),
        new("rindex", "sub", (renderer, self, arguments) => Position((string)self, Last(renderer, self, arguments[0]), isRequired: true)),
        new("count", "sub", (renderer, self, arguments) =>
            TextSplitting.Count(renderer, (string)self, Argument.RequiredText(arguments[0]))),

        new("split", "sep? maxsplit?", (renderer, self, arguments) =>
            TextSplitting.Split(renderer, (string)self, Argument.Text(arguments[0]), Argument.Integer(arguments[1], -1))),
        new("rsplit", "sep? maxsplit?", (renderer, self, arguments) =>
            TextSplitting.SplitFromEnd(renderer, (string)self, Argument.Text(arguments[0]), Argument.Integer(arguments[1], -1))),
        new("splitlines", "keepends?", (renderer, self, arguments) =>
            TextSplitting.ToList(renderer, TextSplitting.Lines((string)self, Argument.Flag(arguments[0])))),
        new("partition", "sep", (renderer, self, arguments) =>
            TextSplitting.Partition(renderer, (string)self, Argument.RequiredText(arguments[0]), fromEnd: false)),
        new("rpartition", "sep", (renderer, self, arguments) =>
            TextSplitting.Partition(renderer, (string)self, Argument.RequiredText(arguments[0]), fromEnd: true)),
        new("join", "iterable", (renderer, self, arguments) => Join(renderer, (string)self, arguments[0]!)),
        new("replace", "old new count?", (renderer, self, arguments) => TextSplitting.Replace(
            renderer,
            (string)self,
            Argument.RequiredText(arguments[0]),
            Argument.RequiredText(arguments[1]),
            Argument.Integer(arguments[2], -1))),
        new("format", (renderer, self, arguments) => BraceFormat.Apply(renderer, (string)self, arguments)),

        new("isalpha", "", (_, self, _) => Box.Of(CodePoints.All((string)self, Rune.IsLetter))),
        new("isalnum", "", (_, self, _) => Box.Of(CodePoints.All((string)self, rune => Rune.IsLetter(rune) || Rune.IsNumber(rune)))),
        new("isdigit", "", (_, self, _) => Box.Of(CodePoints.All((string)self, IsDigit))),
        new("isspace", "", (_, self, _) => Box.Of(((string)self).Length > 0 && ((string)self).All(CodePoints.IsSpace))),
        new("isupper", "", (_, self, _) => Box.Of(IsCased((string)self, Rune.IsUpper, Rune.IsLower))),
        new("islower", "", (_, self, _) => Box.Of(IsCased((string)self, Rune.IsLower, Rune.IsUpper))));

    public static string Strip(Renderer renderer, string text, object? characters, bool atStart, bool atEnd)
    {
        string? set = Argument.Text(characters);
        if (set?.Length > MaxStripped)
            throw new RenderingException(ChatTemplateFault.LimitExceeded, $"more than {MaxStripped} characters to strip are given");
        int start = 0, end = text.Length;
        while (atStart && start < end && IsStripped(start, CodePoints.LengthAt(text, start))) start += CodePoints.LengthAt(text, start);
        while (atEnd && start < end && IsStripped(end - LengthBefore(), LengthBefore())) end -= LengthBefore();
        renderer.Budget.Step((start + text.Length - end) / 4);
        return text[start..end];

        int LengthBefore() => end - start > 1 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;

        bool IsStripped(int at, int length) =>
            set is null ? CodePoints.IsSpace(text[at]) : set.AsSpan().IndexOf(text.AsSpan(at, length)) >= 0;
    }

    public static bool IsCased(string text, Func<Rune, bool> wanted, Func<Rune, bool> unwanted) =>
        text.EnumerateRunes().Any(wanted) && !text.EnumerateRunes().Any(unwanted);

    private static string Title(string text)
    {
        bool isInWord = false;
        return string.Concat(text.Select(character =>
        {
            char result = isInWord ? char.ToLowerInvariant(character) : char.ToUpperInvariant(character);
            isInWord = char.IsLetter(character);
            return result;
        }));
    }

    private static string RemovePrefix(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    private static string RemoveSuffix(string text, string suffix) =>
        text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text;

    /// <summary>Whether the text has the affix, or one of those in a tuple.</summary>
    private static object Affixes(Renderer renderer, object affixes, Func<string, bool> matches)
    {
        if (affixes is not Sequence { IsTuple: true } tuple) return Box.Of(matches(Argument.RequiredText(affixes)));
        return Box.Of(tuple.Items.Any(affix =>
        {
            renderer.Budget.Step();
            renderer.Budget.Read(affix);
            return matches(Argument.RequiredText(affix));
        }));
    }

    private static int First(Renderer renderer, object text, object? part) =>
        TextSearch.IndexOf(renderer, (string)text, Argument.RequiredText(part));

    private static int Last(Renderer renderer, object text, object? part) =>
        TextSearch.LastIndexOf(renderer, (string)text, Argument.RequiredText(part));

    private static long Position(string text, int index, bool isRequired)
    {
        if (index < 0 && isRequired) throw RenderingException.Failed("the text does not hold what is looked for");
        return index < 0 ? -1 : CodePoints.Count(text.AsSpan(0, index));
    }

    private static string Join(Renderer renderer, string separator, object items)
    {
        var target = new BoundedText(renderer.Budget);
        bool isFirst = true;
        foreach (object item in Iteration.Over(renderer, items))
        {
            if (!isFirst) target.Append(separator);
            target.Append(Argument.RequiredText(item));
            isFirst = false;
        }

        return target.ToString();
    }

    private static bool IsDigit(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber
        || (CharUnicodeInfo.GetDigitValue(rune.ToString(), 0) >= 0);
}
