namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>Filters, against what Jinja in Python gives.</summary>
public class FilterTests
{
    public static TheoryData<string, string> TextFilters => new()
    {
        { "s | upper", "HELLO WORLD" },
        { "s | lower", "hello world" },
        { "'hELLO wORLD' | capitalize", "Hello world" },
        { "'éa' | capitalize", "Éa" },
        { "s | title", "Hello World" },
        { "\"foo-bar (baz) it's\" | title", "Foo-Bar (Baz) It's" },
        { "'  x \\t\\n' | trim", "x" },
        { "'\\u00a0x\\u3000' | trim", "x" },
        { "'xax' | trim('x')", "a" },
        { "s | replace('o', '0')", "Hell0 W0rld" },
        { "s | replace('o', '0', 1)", "Hell0 World" },
        { "1234 | replace(3, 'x')", "12x4" },
        { "'ab' | replace('', '-')", "-a-b-" },
        { "n | string", "None" },
        { "x | string ~ 'a'", "5a" },
        { "'<b>' | safe", "<b>" },
        { "nl | indent", "a\n    b\n\n    d" },
        { "nl | indent(2)", "a\n  b\n\n  d" },
        { "nl | indent(2, true)", "  a\n  b\n\n  d" },
        { "nl | indent(2, blank=true)", "a\n  b\n  \n  d" },
        { "nl | indent('> ')", "a\n> b\n\n> d" },
        { "nl | indent(width=1, first=true)", " a\n b\n\n d" },
        { "'' | indent", "" },
        { "s | length", "11" },
        { "u | length", "8" },
        { "u | reverse", "x🎉 olléh" },
        { "s | first", "H" },
        { "s | last", "d" },
        { "s | list | join('|')", "H|e|l|l|o| |W|o|r|l|d" },
        { "'{\"a\": [1, 2.0, null, true]}' | from_json", "{'a': [1, 2.0, None, True]}" },
    };

    [Theory, MemberData(nameof(TextFilters))]
    public void Render_TextFilters_FollowJinja(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> SequenceFilters => new()
    {
        { "l | length", "3" },
        { "d | length", "3" },
        { "d | count", "3" },
        { "l | first", "3" },
        { "l | last", "2" },
        { "[] | first", "" },
        { "l | join", "312" },
        { "l | join(', ')", "3, 1, 2" },
        { "msgs | join('-', attribute='role')", "user-bot-user" },
        { "l | sort", "[1, 2, 3]" },
        { "l | sort(reverse=true)", "[3, 2, 1]" },
        { "['b', 'A', 'c'] | sort", "['A', 'b', 'c']" },
        { "['b', 'A', 'c'] | sort(case_sensitive=true)", "['A', 'b', 'c']" },
        { "[{'n': 'b', 'v': 1}, {'n': 'a', 'v': 2}, {'n': 'A', 'v': 0}] | sort(attribute='n') | map(attribute='v') | list", "[2, 0, 1]" },
        { "[{'a': 1, 'b': 2}, {'a': 1, 'b': 1}] | sort(attribute='a,b') | map(attribute='b') | list", "[1, 2]" },
        { "[(2, 'b'), (1, 'z'), (2, 'a')] | sort(reverse=true)", "[(2, 'b'), (2, 'a'), (1, 'z')]" },
        { "[1, 1, 2, 'A', 'a'] | unique | list", "[1, 2, 'A']" },
        { "[{'a': 'X'}, {'a': 'x'}] | unique(attribute='a') | list | length", "1" },
        { "l | min", "1" },
        { "l | max", "3" },
        { "[] | max", "" },
        { "['b', 'A'] | min", "A" },
        { "['a', 'B'] | max(case_sensitive=true)", "a" },
        { "[{'a': 2}, {'a': 1}] | min(attribute='a')", "{'a': 1}" },
        { "l | sum", "6" },
        { "l | sum(start=10)", "16" },
        { "[{'a': 2}, {'a': 1}] | sum(attribute='a')", "3" },
        { "l | reverse | list", "[2, 1, 3]" },
        { "d | list", "['b', 'a', 'items']" },
        { "d | items | list", "[('b', 1), ('a', [1, 2]), ('items', 9)]" },
        { "d | dictsort", "[('a', [1, 2]), ('b', 1), ('items', 9)]" },
        { "{'b': 1, 'A': 2} | dictsort", "[('A', 2), ('b', 1)]" },
        { "{'b': 1, 'A': 2} | dictsort(case_sensitive=true)", "[('A', 2), ('b', 1)]" },
        { "{'b': 1, 'a': 2} | dictsort(by='value')", "[('b', 1), ('a', 2)]" },
        { "{'b': 1, 'a': 2} | dictsort(reverse=true)", "[('b', 1), ('a', 2)]" },
    };

    [Theory, MemberData(nameof(SequenceFilters))]
    public void Render_SequenceFilters_FollowJinja(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> SelectionFilters => new()
    {
        { "msgs | map(attribute='role') | list", "['user', 'bot', 'user']" },
        { "msgs | map(attribute='zz', default='q') | list", "['q', 'q', 'q']" },
        { "[[2, 1], [1, 2]] | map(attribute=0) | list", "[2, 1]" },
        { "[{'n': {'m': 2}}] | map(attribute='n.m') | list", "[2]" },
        { "['a', 'b'] | map('upper') | list", "['A', 'B']" },
        { "['a', 'b'] | map('replace', 'a', 'x') | join", "xb" },
        { "l | select('odd') | list", "[3, 1]" },
        { "l | reject('odd') | list", "[2]" },
        { "[0, 1, ''] | select | list", "[1]" },
        { "[0, 1, ''] | reject | list", "[0, '']" },
        { "l | select('>', 1) | list", "[3, 2]" },
        { "l | select('in', [1, 2]) | list", "[1, 2]" },
        { "msgs | selectattr('content') | list | length", "2" },
        { "msgs | selectattr('role', 'equalto', 'user') | list | length", "2" },
        { "msgs | selectattr('content', 'none') | list", "[{'role': 'user', 'content': None}]" },
        { "msgs | rejectattr('role', '==', 'user') | map(attribute='role') | join", "bot" },
        { "none | map('upper') | list", "[]" },
        { "0 | select | list", "[]" },
        { "l | map('string') is iterable", "True" },
        { "l | map('string') is sequence", "False" },
    };

    [Theory, MemberData(nameof(SelectionFilters))]
    public void Render_SelectionFilters_FollowJinja(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> ValueFilters => new()
    {
        { "e | default('d')", "" },
        { "e | default('d', true)", "d" },
        { "n | default('d')", "None" },
        { "n | default('d', boolean=true)", "d" },
        { "missing | default", "" },
        { "missing | d('z')", "z" },
        { "'5' | int", "5" },
        { "'5.7' | int", "5" },
        { "'abc' | int", "0" },
        { "'abc' | int(7)", "7" },
        { "5.9 | int", "5" },
        { "-5.9 | int", "-5" },
        { "n | int", "0" },
        { "t | int", "1" },
        { "' 12 ' | int", "12" },
        { "'1_0' | int", "10" },
        { "'1e3' | int", "1000" },
        { "big | int", "123456789012345678901234567890" },
        { "'5' | float", "5.0" },
        { "'abc' | float", "0.0" },
        { "x | float", "5.0" },
        { "n | float(1.5)", "1.5" },
        { "-2.5 | abs", "2.5" },
        { "x | abs", "5" },
        { "2.5 | round", "2.0" },
        { "3.5 | round", "4.0" },
        { "2.567 | round(2)", "2.57" },
        { "2.5 | round(method='ceil')", "3.0" },
        { "2.567 | round(1, 'floor')", "2.5" },
        { "5 | round", "5" },
    };

    [Theory, MemberData(nameof(ValueFilters))]
    public void Render_ValueFilters_FollowJinja(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));

    public static TheoryData<string, string> ToJson => new()
    {
        { "n | tojson", "null" },
        { "t | tojson", "true" },
        { "x | tojson", "5" },
        { "y | tojson", "2.5" },
        { "f | tojson", "1e+16" },
        { "big | tojson", "123456789012345678901234567890" },
        { "s | tojson", "\"Hello World\"" },
        { "u | tojson", "\"héllo 🎉x\"" },
        { "u | tojson(ensure_ascii=true)", "\"h\\u00e9llo \\ud83c\\udf89x\"" },
        { "'\\x7f\\x1f\\b\\f\\r</script>&' | tojson", "\"\u007f\\u001f\\b\\f\\r</script>&\"" },
        { "'\\x7f' | tojson(true)", "\"\\u007f\"" },
        { "q | tojson", "\"it's \\\"q\\\"\"" },
        { "l | tojson", "[3, 1, 2]" },
        { "(1, 2) | tojson", "[1, 2]" },
        { "d | tojson", "{\"b\": 1, \"a\": [1, 2], \"items\": 9}" },
        { "d | tojson(indent=2)", "{\n  \"b\": 1,\n  \"a\": [\n    1,\n    2\n  ],\n  \"items\": 9\n}" },
        { "d | tojson(indent='--')", "{\n--\"b\": 1,\n--\"a\": [\n----1,\n----2\n--],\n--\"items\": 9\n}" },
        { "d | tojson(indent=0)", "{\n\"b\": 1,\n\"a\": [\n1,\n2\n],\n\"items\": 9\n}" },
        { "d | tojson(separators=(',', ':'))", "{\"b\":1,\"a\":[1,2],\"items\":9}" },
        { "d | tojson(sort_keys=true)", "{\"a\": [1, 2], \"b\": 1, \"items\": 9}" },
        { "d | tojson(indent=1, separators=(', ', ' : '))", "{\n \"b\" : 1, \n \"a\" : [\n  1, \n  2\n ], \n \"items\" : 9\n}" },
        { "[] | tojson(indent=2)", "[]" },
        { "{'a': [], 'b': {}} | tojson(indent=2)", "{\n  \"a\": [],\n  \"b\": {}\n}" },
        { "{1: 2, true: 3, none: 4, 1.5: 5} | tojson", "{\"1\": 3, \"null\": 4, \"1.5\": 5}" },
        {
            "[[1, [2]], {'a': {'b': []}}] | tojson(indent=1)",
            "[\n [\n  1,\n  [\n   2\n  ]\n ],\n {\n  \"a\": {\n   \"b\": []\n  }\n }\n]"
        },
    };

    [Theory, MemberData(nameof(ToJson))]
    public void Render_ToJson_FollowsTheTransformersLibrary(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));
}
