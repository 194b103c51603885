namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>Operators, literals and access, against what Jinja in Python gives.</summary>
public class ExpressionTests
{
    public static TheoryData<string, string> Literals => new()
    {
        { "1", "1" },
        { "-5", "-5" },
        { "1_000", "1000" },
        { "1.0", "1.0" },
        { "1.50", "1.5" },
        { "1e3", "1000.0" },
        { "1.5e-7", "1.5e-07" },
        { "0.1 + 0.2", "0.30000000000000004" },
        { "1e16", "1e+16" },
        { "1e15", "1000000000000000.0" },
        { "1e22", "1e+22" },
        { "-0.0", "-0.0" },
        { "123456789.125", "123456789.125" },
        { "1e-5", "1e-05" },
        { "0.0001", "0.0001" },
        { "f", "1e+16" },
        { "big", "123456789012345678901234567890" },
        { "true", "True" },
        { "True", "True" },
        { "false", "False" },
        { "none", "None" },
        { "None", "None" },
        { "'a' \"b\"", "ab" },
        { "[]", "[]" },
        { "{}", "{}" },
        { "()", "()" },
        { "(1,)", "(1,)" },
        { "(1, 2)", "(1, 2)" },
        { "1, 2", "(1, 2)" },
        { "[1, 'a', None, True, 1.0]", "[1, 'a', None, True, 1.0]" },
        { "{'a': 1, 2: 'b', none: [x], true: 1.5}", "{'a': 1, 2: 'b', None: [5], True: 1.5}" },
        { "[1, 2,]", "[1, 2]" },
        { "{'a': 1,}", "{'a': 1}" },
        { "'\\n\\t\\\\\\'\\\"\\x41\\u00e9\\U0001F389\\101\\q'", "\n\t\\'\"Aé🎉A\\q" },
        { "'a\\\nb'", "ab" },
        { "'{{ }}' ~ \"%}\"", "{{ }}%}" },
        { "{'a': {'b': 1}}['a']['b']", "1" },
        { "{'a': {'b': 1}}", "{'a': {'b': 1}}" },
    };

    [Theory, MemberData(nameof(Literals))]
    public void Render_Literals_GivesPythonsText(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> Arithmetic => new()
    {
        { "x + 1", "6" },
        { "x - 7", "-2" },
        { "x * 2", "10" },
        { "x / 2", "2.5" },
        { "10 / 5", "2.0" },
        { "x // 2", "2" },
        { "-7 // 2", "-4" },
        { "7 // -2", "-4" },
        { "x % 3", "2" },
        { "-7 % 3", "2" },
        { "7 % -2", "-1" },
        { "x ** 2", "25" },
        { "2 ** -1", "0.5" },
        { "2 ** 0.5", "1.4142135623730951" },
        { "y * 2", "5.0" },
        { "y // 1", "2.0" },
        { "-y % 1", "0.5" },
        { "true // 0.1", "9.0" },
        { "0 % -1.5", "-0.0" },
        { "t + t", "2" },
        { "-t", "-1" },
        { "+t", "1" },
        { "1 + 2 * 3", "7" },
        { "(1 + 2) * 3", "9" },
        { "-2 ** 2", "4" },
        { "2 ** 3 ** 2", "64" },
        { "10 - 2 - 3", "5" },
        { "2 * 3 % 4", "2" },
        { "- -5", "5" },
        { "s + '!'", "Hello World!" },
        { "'ab' * 2", "abab" },
        { "3 * 'ab'", "ababab" },
        { "'ab' * -1", "" },
        { "l + [4]", "[3, 1, 2, 4]" },
        { "l * 2", "[3, 1, 2, 3, 1, 2]" },
        { "(1, 2) + (3,)", "(1, 2, 3)" },
        { "s ~ x ~ n ~ t ~ y", "Hello World5NoneTrue2.5" },
        { "'a' ~ 'b' * 2", "abb" },
        { "x | string + 'a'", "5a" },
        { "-x | abs", "5" },
    };

    [Theory, MemberData(nameof(Arithmetic))]
    public void Render_Arithmetic_FollowsPython(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> Comparisons => new()
    {
        { "x == 5", "True" },
        { "x == 5.0", "True" },
        { "x == '5'", "False" },
        { "t == 1", "True" },
        { "[1] == [true]", "True" },
        { "l == [3, 1, 2]", "True" },
        { "(1, 2) == [1, 2]", "False" },
        { "d == {'a': [1, 2], 'items': 9, 'b': 1}", "True" },
        { "d != {}", "True" },
        { "n == none", "True" },
        { "missing == none", "False" },
        { "missing == other", "True" },
        { "x != 5", "False" },
        { "x < 6", "True" },
        { "x <= 5", "True" },
        { "x > 5", "False" },
        { "x >= 5", "True" },
        { "1 < 2 < 3", "True" },
        { "1 < 3 < 2", "False" },
        { "1 < x < 10 != 3", "True" },
        { "'a' < 'b'", "True" },
        { "'a' < 'B'", "False" },
        { "'\\uffff' < '🎉'", "True" },
        { "[1, 2] < [1, 3]", "True" },
        { "(1,) < (1, 2)", "True" },
        { "'World' in s", "True" },
        { "'z' not in s", "True" },
        { "'' in 'abc'", "True" },
        { "3 in l", "True" },
        { "9 not in l", "True" },
        { "true in [1]", "True" },
        { "'b' in d", "True" },
        { "'zz' in d", "False" },
        { "'a' in missing", "False" },
        { "2 in range(3)", "True" },
        { "'3' in l | map('string')", "True" },
    };

    [Theory, MemberData(nameof(Comparisons))]
    public void Render_Comparisons_FollowPython(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> Logic => new()
    {
        { "x and e", "" },
        { "e or 'else'", "else" },
        { "e and x", "" },
        { "n or e or 0", "0" },
        { "x or 1 / 0", "5" },
        { "e and 1 / 0", "" },
        { "not x", "False" },
        { "not e", "True" },
        { "not x == 5", "False" },
        { "not not x", "True" },
        { "1 if x else 2", "1" },
        { "1 if e else 2", "2" },
        { "1 if e", "" },
        { "(1 if e) is defined", "False" },
        { "'a' if x > 9 else 'b' if x > 4 else 'c'", "b" },
        { "missing or 3", "3" },
        { "not missing", "True" },
        { "[] or {} or () or 0.0 or range(0) or 'all false'", "all false" },
        { "l | select and true", "True" },
    };

    [Theory, MemberData(nameof(Logic))]
    public void Render_Logic_GivesTheOperandThatDecides(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> AccessAndSlices => new()
    {
        { "s[0]", "H" },
        { "s[-1]", "d" },
        { "s[100]", "" },
        { "s[1:3]", "el" },
        { "s[:-1]", "Hello Worl" },
        { "s[::2]", "HloWrd" },
        { "s[::-1]", "dlroW olleH" },
        { "s[5:1:-1]", " oll" },
        { "s[10:]", "d" },
        { "s[3:3]", "" },
        { "s[-100:100]", "Hello World" },
        { "l[0]", "3" },
        { "l[-1]", "2" },
        { "l[5]", "" },
        { "l[true]", "1" },
        { "l[1:]", "[1, 2]" },
        { "l[::-1]", "[2, 1, 3]" },
        { "l[2:0:-1]", "[2, 1]" },
        { "(1, 2, 3)[1:]", "(2, 3)" },
        { "l.0", "3" },
        { "u[1]", "é" },
        { "u[6]", "🎉" },
        { "u[5:7]", " 🎉" },
        { "u[::-1]", "x🎉 olléh" },
        { "u[-1:]", "x" },
        { "d.b", "1" },
        { "d['b']", "1" },
        { "d.a[1]", "2" },
        { "d.zz", "" },
        { "d['zz']", "" },
        { "d['items']", "9" },
        { "d.items()", "dict_items([('b', 1), ('a', [1, 2]), ('items', 9)])" },
        { "d.get('items')", "9" },
        { "d['keys'] is defined", "True" },
        { "n.foo", "" },
        { "n['foo']", "" },
        { "x.foo", "" },
        { "s.foo", "" },
        { "msgs[0].role", "user" },
        { "msgs[-1]['content']", "None" },
        { "range(5)[1]", "1" },
        { "d.keys()[0]", "" },
        { "(s.upper)()", "HELLO WORLD" },
        { "'abc'.upper()[0]", "A" },
        { "{1: 'a'}[true]", "a" },
        { "{1: 'a'}[1.0]", "a" },
    };

    [Theory, MemberData(nameof(AccessAndSlices))]
    public void Render_AccessAndSlices_FollowJinja(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));
}
