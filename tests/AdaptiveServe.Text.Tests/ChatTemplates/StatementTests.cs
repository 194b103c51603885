namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>Statements, against what Jinja in Python gives.</summary>
public class StatementTests
{
    public static TheoryData<string, string> For => new()
    {
        { "{% for i in l %}{{ i }},{% endfor %}", "3,1,2," },
        { "{% for i in [] %}x{% else %}none{% endfor %}", "none" },
        { "{% for i in missing %}x{% else %}none{% endfor %}", "none" },
        { "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "b=1;a=[1, 2];items=9;" },
        { "{% for k in d %}{{ k }}{% endfor %}", "baitems" },
        { "{% for c in 'aé🎉' %}[{{ c }}]{% endfor %}", "[a][é][🎉]" },
        { "{% for a, (b, c) in [(1, (2, 3)), (4, [5, 6])] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "123456" },
        { "{% for i in 1, 2 %}{{ i }}{% endfor %}", "12" },
        { "{% for i in l if i > 1 %}{{ i }}{% endfor %}", "32" },
        { "{% for i in l if i > 9 %}x{% else %}no{% endfor %}", "no" },
        { "{% for m in msgs if m.content is not none and m.role in ['user'] %}{{ m.content }}{% endfor %}", "A" },
        {
            "{% for i in range(10) %}{% if i == 3 %}{% continue %}{% endif %}{% if i == 6 %}{% break %}{% endif %}{{ i }}{% endfor %}",
            "01245"
        },
        { "{% for i in [1, 2] %}{% for j in [] %}{% else %}{% break %}{% endfor %}{{ i }}{% endfor %}|", "|" },
        { "{% for x in l %}{{ x }}{% endfor %}{{ x }}", "3125" },
        { "{% for i in l: %}{{ i }}{% endfor %}", "312" },
        { "{% for i in (l if x else []) %}{{ i }}{% endfor %}", "312" },
    };

    [Theory, MemberData(nameof(For))]
    public void Render_For_FollowsJinja(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));

    public static TheoryData<string, string> Loop => new()
    {
        { "{% for i in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}|{% endfor %}", "1032|2121|3210|" },
        {
            "{% for i in l %}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}|{% endfor %}",
            "TrueFalse31|FalseFalse31|FalseTrue31|"
        },
        { "{% for i in l %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }}|{% endfor %}", "<3>1|3<1>2|1<2>|" },
        {
            "{% for i in l if i > 1 %}{{ loop.index }}/{{ loop.length }}{{ loop.previtem is defined }}{{ loop.nextitem }};{% endfor %}",
            "1/2False2;2/2True;"
        },
        { "{% for i in l %}{{ loop.cycle('a', 'b') }}{{ loop.changed(i > 1) }}{% endfor %}", "aTruebTrueaTrue" },
        { "{% for i in l %}{% for j in l %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}", "123112321233" },
        { "{% for i in l %}{% set outer = loop %}{% for j in [1] %}{{ outer.index }}{{ loop.index }}{% endfor %}{% endfor %}", "112131" },
        { "{{ loop is defined }}", "False" },
        { "{% set n = namespace(a=0) %}{% for i in range(5) if n.a < 2 %}{{ i }}{% set n.a = i %}{% endfor %}", "012" },
        {
            "{% set n = namespace(a=0) %}{% for i in range(5) if n.a < 2 %}{{ i }}{{ loop.last }}{% set n.a = i %}{% endfor %}",
            "0False1False2False3True"
        },
        { "{% set q = [1, 2] %}{% for i in q %}{{ i }}{% if i < 5 %}{% set _ = q.append(i + 2) %}{% endif %}{% endfor %}", "123456" },
        { "{% for i in l | select('odd') %}{{ loop.index }}{{ loop.last }}{{ loop.length }}{{ i }};{% endfor %}", "1False23;2True21;" },
    };

    [Theory, MemberData(nameof(Loop))]
    public void Render_Loop_FollowsJinja(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));

    public static TheoryData<string, string> Generators => new()
    {
        { "{% set g = l | map('string') %}{{ g | join('-') }}{{ g | join('-') }}|", "3-1-2|" },
        { "{% set g = l | map('string') %}{{ g | first }}{{ g | list }}", "3['1', '2']" },
        { "{% set g = l | select('odd') %}{% if g %}y{% endif %}{{ g | list }}", "y[3, 1]" },
        { "{% set g = missing | selectattr('a') %}{{ g | list }}", "[]" },
        { "{% set g = 5 | unique %}lazy", "lazy" },
    };

    [Theory, MemberData(nameof(Generators))]
    public void Render_Generators_AreUsedOnce(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));

    public static TheoryData<string, string> If => new()
    {
        { "{% if x > 3 %}a{% elif x > 1 %}b{% else %}c{% endif %}", "a" },
        { "{% if x > 9 %}a{% elif x > 1 %}b{% else %}c{% endif %}", "b" },
        { "{% if e %}a{% elif n %}b{% else %}c{% endif %}", "c" },
        { "{% if e %}a{% endif %}z", "z" },
        { "{% if x is defined and x == 5 and (s is string or false) %}y{% endif %}", "y" },
        { "{% if true %}{% set z = 1 %}{% endif %}{{ z }}", "1" },
        { "{% if x: %}a{% endif %}", "a" },
    };

    [Theory, MemberData(nameof(If))]
    public void Render_If_FollowsJinja(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));

    public static TheoryData<string, string> Set => new()
    {
        { "{% set a = 1 %}{{ a }}", "1" },
        { "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "12" },
        { "{% set (a, b) = (1, 2) %}{{ a ~ b }}", "12" },
        { "{% set a = 1, 2 %}{{ a }}", "(1, 2)" },
        { "{% set x = x + 1 %}{{ x }}", "6" },
        { "{% set a = 1 %}{% for i in l %}{{ a }}{% set a = a + 1 %}{{ a }}{% endfor %}{{ a }}", "1212121" },
        { "{% set ns = namespace(a=1) %}{% for i in l %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}", "7" },
        { "{% set ns = namespace() %}{% set ns.a, b = 1, 2 %}{{ ns.a }}{{ b }}", "12" },
        { "{% set x %}abc{{ s }}{% endset %}[{{ x }}]", "[abcHello World]" },
        { "{% set x | upper | trim %}  abc {% endset %}[{{ x }}]", "[ABC]" },
        { "{% set ns = namespace() %}{% set ns.t %}hi{% endset %}{{ ns.t }}", "hi" },
        { "{% set x %}{% set inner = 1 %}{{ inner }}{% endset %}{{ x }}{{ inner is defined }}", "1False" },
        { "{% set q = [1, 2, 3] %}{{ q.pop(0) }}{{ q.pop() }}{{ q }}", "13[2]" },
        { "{% set q = [] %}{{ q.extend([1, 2]) }}{{ q.insert(0, 9) }}{{ q.insert(-1, 8) }}{{ q }}", "NoneNoneNone[9, 1, 8, 2]" },
        {
            "{% set q = {} %}{{ q.update({'a': 1}) }}{{ q.update(b=2) }}{{ q.setdefault('a', 5) }}{{ q.pop('a') }}{{ q }}",
            "NoneNone11{'b': 2}"
        },
    };

    [Theory, MemberData(nameof(Set))]
    public void Render_Set_FollowsJinja(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));

    public static TheoryData<string, string> Macro => new()
    {
        { "{% macro f(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }}|{{ f(1, 3) }}|{{ f(b=5, a=4) }}", "121|131|454" },
        { "{% macro f(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ f() }}|{{ f(1, b=none) }}", "|1None" },
        { "{% macro f(a) %}{{ a is defined }}{% endmacro %}{{ f() }}{{ f(1) }}", "FalseTrue" },
        { "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}", "543210" },
        { "{% macro f() %}{{ later }}{% endmacro %}{{ f() }}{% set later = 1 %}{{ f() }}", "1" },
        { "{% macro f() %}{{ i is defined }}{% endmacro %}{% for i in l %}{{ f() }}{% endfor %}", "FalseFalseFalse" },
        { "{% macro f() %}{% set g = 1 %}{{ g }}{% endmacro %}{{ f() }}{{ g is defined }}", "1False" },
        { "{% macro f(x) %}{{ x }}{% endmacro %}{% set g = f %}{{ g(3) }}", "3" },
        { "{% macro f(x) %}{{ x }}{% endmacro %}{% set ns = namespace(go=f) %}{{ ns.go(4) }}", "4" },
        { "{% macro f(x) %}{{ x }}{% endmacro %}{% set a = {'go': f} %}{{ a.go(4) }}{{ a['go'](5) }}", "45" },
        { "{% macro f() %} a {% endmacro %}{{ f() | trim | length }}", "1" },
    };

    [Theory, MemberData(nameof(Macro))]
    public void Render_Macro_FollowsJinja(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));

    public static TheoryData<string, string> CallAndFilterBlocks => new()
    {
        { "{% macro m(x) %}<{{ caller() }}{{ x }}>{% endmacro %}{% call m(1) %}body{{ s }}{% endcall %}", "<bodyHello World1>" },
        {
            "{% macro m() %}{{ caller(1, k=2) }}{{ caller(3) }}{% endmacro %}{% call(a, k=0, z=9) m() %}[{{ a, k, z }}]{% endcall %}",
            "[(1, 2, 9)][(3, 0, 9)]"
        },
        { "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}", "False" },
        { "{% filter upper %}abc{{ s }}{% endfilter %}", "ABCHELLO WORLD" },
        { "{% filter replace('a', 'b') | upper %}aXa{% endfilter %}", "BXB" },
        { "{% filter trim %}{% set q = 1 %}  {{ q }} {% endfilter %}{{ q == 1 }}", "1False" },
        { "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}", "3False" },
        { "{% with %}{% set x = 1 %}{{ x }}{% endwith %}{{ x }}", "15" },
        { "{% generation %}abc{{ s }}{% set zz = 1 %}{% endgeneration %}{{ zz is defined }}", "abcHello WorldFalse" },
        { "{% for m in msgs %}{% generation %}{{ m.role }}{{ loop.index }}{% endgeneration %}{% endfor %}", "user1bot2user3" },
    };

    [Theory, MemberData(nameof(CallAndFilterBlocks))]
    public void Render_CallAndFilterBlocks_FollowJinja(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));
}
