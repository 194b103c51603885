namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>What values look like as text.</summary>
public class DisplayTests
{
    public static TheoryData<string, string> Representations => new()
    {
        { "q", "it's \"q\"" },
        { "[q]", "['it\\'s \"q\"']" },
        { "[\"it's\"]", "[\"it's\"]" },
        { "['a\\'b', \"a\\\"b\"]", "[\"a'b\", 'a\"b']" },
        { "['\\\\']", "['\\\\']" },
        { "['a\\n\\t\\r\\x00\\x7f\\xa0é\\u200b🎉']", "['a\\n\\t\\r\\x00\\x7f\\xa0é\\u200b🎉']" },
        { "['\\ud83c']", "['\\ud83c']" },
        { "[1e16, 1.0, -0.0, none, true]", "[1e+16, 1.0, -0.0, None, True]" },
        { "{'k': {'n': none}}", "{'k': {'n': None}}" },
        { "[missing]", "[Undefined]" },
        { "d.keys()", "dict_keys(['b', 'a', 'items'])" },
        { "d.values()", "dict_values([1, [1, 2], 9])" },
        { "d.items()", "dict_items([('b', 1), ('a', [1, 2]), ('items', 9)])" },
        { "range(3)", "range(0, 3)" },
        { "range(1, 9, 2)", "range(1, 9, 2)" },
        { "namespace(a=1, b='x')", "<Namespace {'a': 1, 'b': 'x'}>" },
        { "missing", "" },
        { "[[], {}, ()]", "[[], {}, ()]" },
        { "[(1, 'a')]", "[(1, 'a')]" },
    };

    [Theory, MemberData(nameof(Representations))]
    public void Render_Representations_FollowPython(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));
}
