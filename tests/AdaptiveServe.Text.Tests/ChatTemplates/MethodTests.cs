namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>Methods of texts, lists and dictionaries, against what Python gives.</summary>
public class MethodTests
{
    public static TheoryData<string, string> TextMethods => new()
    {
        { "s.upper()", "HELLO WORLD" },
        { "s.lower()", "hello world" },
        { "s.title()", "Hello World" },
        { "\"it's bob\".title()", "It'S Bob" },
        { "'hELLO'.capitalize()", "Hello" },
        { "'  a b '.strip() ~ '|'", "a b|" },
        { "'  a '.lstrip() ~ '|'", "a |" },
        { "'  a '.rstrip() ~ '|'", "  a|" },
        { "'\\x1fa\\u2003'.strip()", "a" },
        { "'xxaxx'.strip('x')", "a" },
        { "'abcba'.lstrip('ab')", "cba" },
        { "'abcba'.rstrip('ab')", "abc" },
        { "'🎉a🎊'.strip('🎉')", "a🎊" },
        { "s.startswith('He')", "True" },
        { "s.startswith(('x', 'He'))", "True" },
        { "s.endswith('ld')", "True" },
        { "s.endswith('x')", "False" },
        { "s.replace('o', '0')", "Hell0 W0rld" },
        { "s.replace('o', '0', 1)", "Hell0 World" },
        { "'ab'.replace('', '-')", "-a-b-" },
        { "'ab'.replace('', '-', 2)", "-a-b" },
        { "s.find('o')", "4" },
        { "s.rfind('o')", "7" },
        { "s.find('z')", "-1" },
        { "u.find('x')", "7" },
        { "s.index('W')", "6" },
        { "s.rindex('o')", "7" },
        { "s.count('o')", "2" },
        { "'aaaa'.count('aa')", "2" },
        { "'🎉a'.count('')", "3" },
        { "s.split()", "['Hello', 'World']" },
        { "'  a  b '.split()", "['a', 'b']" },
        { "s.split('o')", "['Hell', ' W', 'rld']" },
        { "s.split('o', 1)", "['Hell', ' World']" },
        { "s.split(maxsplit=1)", "['Hello', 'World']" },
        { "'a b  c '.split(none, 1)", "['a', 'b  c ']" },
        { "s.rsplit('o', 1)", "['Hello W', 'rld']" },
        { "s.rsplit('o')", "['Hell', ' W', 'rld']" },
        { "nl.splitlines()", "['a', 'b', '', 'd']" },
        { "nl.splitlines(true)", "['a\\n', 'b\\r\\n', '\\n', 'd']" },
        { "''.splitlines()", "[]" },
        { "'a b c'.partition(' ')", "('a', ' ', 'b c')" },
        { "'a b c'.rpartition(' ')", "('a b', ' ', 'c')" },
        { "'abc'.partition('z')", "('abc', '', '')" },
        { "'abc'.rpartition('z')", "('', '', 'abc')" },
        { "','.join(['a', 'b'])", "a,b" },
        { "'-'.join('abc')", "a-b-c" },
        { "'prefix_x'.removeprefix('prefix_')", "x" },
        { "'x.py'.removesuffix('.py')", "x" },
        { "'x'.removesuffix('yy')", "x" },
        { "'a1'.isalnum()", "True" },
        { "'abc'.isalpha()", "True" },
        { "'12'.isdigit()", "True" },
        { "'1²'.isdigit()", "True" },
        { "''.isdigit()", "False" },
        { "' '.isspace()", "True" },
        { "'AB1'.isupper()", "True" },
        { "'ab1'.islower()", "True" },
        { "'1'.islower()", "False" },
    };

    [Theory, MemberData(nameof(TextMethods))]
    public void Render_TextMethods_FollowPython(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> Format => new()
    {
        { "'{} {}'.format(1, 'a')", "1 a" },
        { "'{0} {1} {0}'.format('a', 'b')", "a b a" },
        { "'{name}!'.format(name='x')", "x!" },
        { "'{{}} {}'.format(3)", "{} 3" },
        { "'{!r} {!s}'.format('q', 'q')", "'q' q" },
        { "'{}{}'.format(none, [1])", "None[1]" },
        { "'{:>5}|{:<5}|{:^5}|{:*^7}'.format('a', 'b', 'c', 'mid')", "    a|b    |  c  |**mid**" },
        { "'{:5}|{:5}|{:05}|{:05d}|{:,}'.format(7, 'a', -42, 42, 1234567)", "    7|a    |-0042|00042|1,234,567" },
        { "'{:.2f}|{:8.3f}|{:,.1f}|{:f}'.format(3.14159, 2.5, 12345.67, 1)", "3.14|   2.500|12,345.7|1.000000" },
        { "'{:x}|{:X}|{:.2}'.format(255, 255, 'abc')", "ff|FF|ab" },
        { "'{:=6}|{:6}'.format(-1.5, 2.5)", "-  1.5|   2.5" },
    };

    [Theory, MemberData(nameof(Format))]
    public void Render_Format_FollowsPython(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> CollectionMethods => new()
    {
        { "l.index(2)", "2" },
        { "l.count(3)", "1" },
        { "(1, 2).index(2)", "1" },
        { "d.keys() | list", "['b', 'a', 'items']" },
        { "d.values() | list", "[1, [1, 2], 9]" },
        { "d.items() | list", "[('b', 1), ('a', [1, 2]), ('items', 9)]" },
        { "d.get('zz')", "None" },
        { "d.get('zz', 7)", "7" },
        { "d.get('b')", "1" },
        { "[].append(1)", "None" },
        { "[1, 2].pop()", "2" },
        { "{'a': 1}.pop('a')", "1" },
        { "{'a': 1}.pop('z', 3)", "3" },
        { "{'a': 1}.setdefault('b', 2)", "2" },
    };

    [Theory, MemberData(nameof(CollectionMethods))]
    public void Render_CollectionMethods_FollowPython(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> Functions => new()
    {
        { "range(4) | list", "[0, 1, 2, 3]" },
        { "range(1, 4) | list", "[1, 2, 3]" },
        { "range(10, 0, -3) | list", "[10, 7, 4, 1]" },
        { "range(2, 2) | length", "0" },
        { "dict(a=1, b=2)", "{'a': 1, 'b': 2}" },
        { "dict({'x': 1}, y=2)", "{'x': 1, 'y': 2}" },
        { "dict([['k', 'v']])", "{'k': 'v'}" },
        { "namespace(a=1).a", "1" },
        { "namespace({'k': 2}).k", "2" },
    };

    [Theory, MemberData(nameof(Functions))]
    public void Render_Functions_FollowJinja(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));
}
