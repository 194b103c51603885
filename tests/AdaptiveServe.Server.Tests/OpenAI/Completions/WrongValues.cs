using System.Globalization;
using AdaptiveServe.Server.OpenAI.Chat;
using AdaptiveServe.Server.OpenAI.Completions;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

/// <summary>JSON that a field must not hold.</summary>
internal static class WrongValues
{
    /// <summary>Of a wrong type.</summary>
    public static IEnumerable<string> Types(IField field) => field switch
    {
        IntegerField => ["\"1\"", "true", "[1]", "{}", "1.5", "1e-1"],
        NumberField => ["\"1\"", "true", "[1]", "{}"],
        BooleanField => ["\"true\"", "1", "0", "[]", "{}"],
        TextField or WordField => ["1", "true", "[]", "{}", "[\"x\"]"],
        ObjectField or TemplateArgumentsField => ["1", "true", "[]", "\"x\""],
        StopField => ["1", "true", "{}", "[1]", "[null]", "[[\"x\"]]", "[\"x\", 1]"],
        TokenIdsField or LayersField => ["1", "true", "{}", "\"x\"", "[\"1\"]", "[1.5]", "[null]", "[[1]]", "[2147483648]", "[1, true]"],
        LogitBiasField => ["1", "true", "[]", "\"x\"", """{"1": "x"}""", """{"1": null}""", """{"1": {}}"""],
        PromptField =>
        [
            "1", "true", "{}", "[1.5]", "[true]", "[null]", "[1, \"x\"]", "[\"x\", 1]", "[[1], 2]", "[[[1]]]", "[[\"x\"]]",
            "[2147483648]", "[[1, null]]",
        ],
        _ => throw new NotSupportedException($"{field.GetType().Name}: say what is wrong for it"),
    };

    /// <summary>Of the right type, and not allowed.</summary>
    public static IEnumerable<string> Values(IField field) => field switch
    {
        IntegerField integer => Beyond(integer),
        NumberField number => Beyond(number),
        BooleanField or ObjectField => [],
        TemplateArgumentsField => ["""{"messages": []}""", """{"a": 1, "tools": null}"""],
        TextField { Name: "model" or "user" } => [$"\"{new string('x', 4097)}\""],
        TextField => [],
        WordField => ["\"\"", "\"no such word\""],
        StopField => ["\"\"", "[\"\"]", $"\"{new string('x', StopField.MaxLength + 1)}\"", $"[{Repeat("\"x\"", StopField.MaxCount + 1)}]"],
        TokenIdsField => [$"[{Repeat("1", 257)}]"],
        LayersField => ["[]", "[-1]", "[100000]", "[1, 0]", "[1, 1, 1]", $"[{Repeat("1", LayersField.MaxCount + 1)}]"],
        LogitBiasField =>
        [
            """{"x": 1}""", """{"": 1}""", """{"-1": 1}""", """{" 1": 1}""", """{"1.0": 1}""", """{"99999999999": 1}""",
            """{"1": 101}""", """{"1": -100.5}""", """{"1": 1e999}""", """{"7": 1, "07": 2}""",
            "{" + string.Join(',', Enumerable.Range(0, LogitBiasField.MaxCount + 1).Select(i => $"\"{i}\": 1")) + "}",
        ],
        PromptField => ["[]", "[[]]", "[[1], []]", $"[{Repeat("\"x\"", PromptField.MaxCount + 1)}]"],
        _ => throw new NotSupportedException($"{field.GetType().Name}: say what is wrong for it"),
    };

    private static IEnumerable<string> Beyond(IntegerField field)
    {
        foreach (Int128 value in (Int128[])[(Int128)field.Minimum - 1, (Int128)field.Maximum + 1, Int128.MinValue, Int128.MaxValue])
            yield return value.ToString(CultureInfo.InvariantCulture);
        yield return "1e300";
        yield return "1e999";
    }

    private static IEnumerable<string> Beyond(NumberField field)
    {
        yield return (field.ExcludesMinimum ? field.Minimum : Math.BitDecrement(field.Minimum)).ToString("R", CultureInfo.InvariantCulture);
        yield return Math.BitIncrement(field.Maximum).ToString("R", CultureInfo.InvariantCulture);
        yield return "1e999";
        yield return "-1e999";
    }

    private static string Repeat(string value, int count) => string.Join(',', Enumerable.Repeat(value, count));
}
