using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>Templates are not trusted: each bound ends them with an error, before time, memory or stack run out.</summary>
public class LimitTests
{
    public static TheoryData<string, string> Excesses => new()
    {
        { "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", Steps },
        { "{% set a = 'a' * 8000000 %}{% set b = a ~ '' %}{% for i in range(100000) %}{{ a == b }}{% endfor %}", Steps },
        { "{% set a = 'a' * 8000000 %}{% set b = {a: 1} %}{% for i in range(100000) %}{{ b[a] }}{% endfor %}", Steps },
        { "{% set a = 'a' * 8000000 %}{% for i in range(100000) %}{{ a | length }}{% endfor %}", Steps },
        { "{% set a = 'a' * 8000000 %}{% set b = 'a' * 60 ~ 'b' %}{% for i in range(1000) %}{{ b in a }}{% endfor %}", Steps },
        { "{% set a = 'a' * 4000000 %}{% for i in range(1000) %}{{ a.strip('ab') }}{% endfor %}", Steps },
        { "{% set a = [1] * 100000 %}{% for i in range(100000) %}{% set _ = a.insert(0, 1) %}{% endfor %}", Steps },
        {
            "{% set n = namespace(a=1, b=1) %}{% for i in range(99) %}{% set n.a = [n.a, n.a] %}{% set n.b = [n.b, n.b] %}{% endfor %}"
                + "{{ n.a == n.b }}",
            Steps
        },

        { "{{ 'x' * 10000000000 }}", Text },
        { "{{ 'xx' * 9223372036854775807 }}", Text },
        { "{% set s = 'x' * 1000000 %}{% for a in range(100) %}{{ s }}{% endfor %}", Text },
        { "{% set n = namespace(s='x') %}{% for i in range(100) %}{% set n.s = n.s + n.s %}{% endfor %}", Text },
        { "{% set n = namespace(s='x') %}{% for i in range(100) %}{% set n.s = n.s ~ n.s %}{% endfor %}", Text },
        { "{% set n = namespace(a=1) %}{% for i in range(99) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a }}", Text },
        { "{% set n = namespace(a='b') %}{% for i in range(99) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a | tojson }}", Text },
        { "{{ ('a' * 100000).replace('a', 'b' * 100000) }}", Text },
        { "{{ ('a' * 100000) | replace('', 'b' * 100000) }}", Text },
        { "{{ ('b' * 100000).join(['a'] * 100000) }}", Text },
        { "{{ (['a'] * 100000) | join('b' * 100000) }}", Text },
        { "{{ ('\\n' * 100000) | indent('b' * 100000, blank=true) }}", Text },
        { "{{ 'a' | indent(10000000000, true) }}", Text },
        { "{{ '{}' * 100000 }}{{ ('{0}' * 100000).format('b' * 100000) }}", Text },

        { "{% set s = 'x' * 8000000 %}{% set l = [] %}{% for i in range(100) %}{% set _ = l.append(s ~ '') %}{% endfor %}", Memory },
        { "{% set l = [1] * 1000000 %}{% for i in range(100) %}{% set _ = l + l %}{% endfor %}", Memory },
        { "{% set s = 'a ' * 4000000 %}{% for i in range(100) %}{% set _ = s.split() %}{% endfor %}", Memory },

        { "{{ ([1] * 9223372036854775807) | length }}", "a list has more than 10000000 items" },
        { "{{ range(100001) }}", "a range has more than 100000 numbers" },
        { "{{ range(-9223372036854775807, 9223372036854775807) }}", "a range has more than 100000 numbers" },
        { "{{ '{:99999}'.format(1) }}", "a width or precision is larger than 10000" },
        { "{{ '{:.99999999999}'.format(1.0) }}", "a width or precision is larger than 10000" },
        { "{{ 'a'.strip('b' * 1000) }}", "more than 256 characters to strip are given" },
        { "{{ ('1' * 2000) | float }}", "a number in a text has more than 1000 digits" },
        { "{{ ('1' * 2000000) | from_json }}", "JSON in a text has more than 1048576 characters" },
        { "{{ strftime_now('%c' * 1000) }}", "a time format has more than 1000 characters" },
        { "{{ l | map(attribute='0.' * 1000) | list }}", "an attribute has more than 1000 characters" },

        { "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", Depth },
        { "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}", Depth },
        { "{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}", Depth },
        { "{% macro f(a=f()) %}{% endmacro %}{{ f() }}", Depth },
        { "{% set a = [] %}{% set _ = a.append(a) %}{{ a }}", Depth },
        { "{% set a = [] %}{% set _ = a.append(a) %}{{ a | tojson }}", Depth },
        { "{% set a = {} %}{% set b = {} %}{% set _ = a.update(x=a) %}{% set _ = b.update(x=b) %}{{ a == b }}", Depth },
        { "{% set a = [] %}{% set b = [] %}{% set _ = a.append(a) %}{% set _ = b.append(b) %}{{ a < b }}", Depth },
        { "{% set n = namespace(a=[1]) %}{% for i in range(100000) %}{% set n.a = [n.a] %}{% endfor %}{{ n.a }}", Depth },
        { "{% set n = namespace(a=l) %}{% for i in range(9999) %}{% set n.a = n.a | map('string') %}{% endfor %}{{ n.a | list }}", Depth },
    };

    public static TheoryData<string, string, string, string> Nestings => new()
    {
        { "{{ ", "(", ")", " }}" },
        { "{{ ", "[", "]", " }}" },
        { "{{ ", "{1:", "}", " }}" },
        { "{{ ", "f(", ")", " }}" },
        { "{{ ", "l[", "]", " }}" },
        { "{{ ", "not ", "", "1 }}" },
        { "{{ ", "- ", "", "1 }}" },
        { "{{ 1", " if 1 else 1", "", " }}" },
        { "{{ 1", " if 1", "", " }}" },
        { "{{ x", ".a", "", " }}" },
        { "{{ x", "[0]", "", " }}" },
        { "{{ x", "()", "", " }}" },
        { "{{ x", "|upper", "", " }}" },
        { "{{ x", " is string", "", " }}" },
        { "", "{% if x %}", "", "" },
        { "", "{% for i in l %}", "", "" },
        { "", "{% macro f() %}", "", "" },
        { "", "{% set a %}", "", "" },
        { "{% set ", "(a, ", ")", " = 1 %}" },
    };

    private const string Steps = "the template takes more than 10000000 steps";
    private const string Text = "a text has more than 8388608 characters";
    private const string Memory = "the template uses too much memory";
    private const string Depth = "the template nests more than 1000 levels at run time";

    [Theory, MemberData(nameof(Excesses))]
    public void Render_BeyondABound_EndsWithTheBound(string template, string message)
    {
        ChatTemplateException exception = Rendered.Failure(template);
        Assert.Equal(ChatTemplateFault.LimitExceeded, exception.Fault);
        Assert.Equal($"test.jinja line 1: {message}", exception.Message);
    }

    [Theory, MemberData(nameof(Nestings))]
    public void Parse_DeepNesting_EndsWithTheBound(string before, string opening, string closing, string after)
    {
        string template = before + Repeat(opening) + Repeat(closing) + after;
        var exception = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template, "t"));
        Assert.Equal("t line 1: more than 100 statements and expressions within each other", exception.Message);
    }

    [Theory]
    [InlineData("{{ ", "+ 1 ", "}}")]
    [InlineData("{{ '' ", "~ 1 ", "}}")]
    [InlineData("{{ 1 ", "and 1 ", "}}")]
    [InlineData("{{ 1 ", "== 1 ", "}}")]
    [InlineData("", "{% set a = 1 %}", "")]
    [InlineData("", "{{ x }}", "")]
    public void Render_LongButNotDeep_IsAccepted(string before, string repeated, string after)
    {
        string first = before.EndsWith("{{ ", StringComparison.Ordinal) ? before + "1 " : before;
        Assert.NotNull(Rendered.Template(first + Repeat(repeated) + after));
    }

    [Fact]
    public void Parse_LongSource_IsRefused()
    {
        var exception = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(new string('a', (1 << 20) + 1), "t"));
        Assert.Equal("t line 1: the template has 1048577 characters; 1048576 are accepted", exception.Message);
    }

    [Fact]
    public void Parse_ManyArgumentsOrParameters_IsRefused()
    {
        string many = string.Join(',', Enumerable.Range(0, 101).Select(i => $"a{i}"));
        Assert.EndsWith("a call has more than 100 arguments", Rendered.Failure($"{{{{ f({many}) }}}}").Message);
        Assert.EndsWith("a macro has more than 100 parameters", Rendered.Failure($"{{% macro f({many}) %}}{{% endmacro %}}").Message);
    }

    /// <summary>The smallest stacks that threads get in practice are four times as large.</summary>
    [Theory]
    [InlineData("{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f(a) %}{% for i in [1] %}{{ [{'a': (f([a]) | upper)[1:] if t}] | tojson }}{% endfor %}{% endmacro %}{{ f(1) }}")]
    [InlineData("{% set n = namespace(a=1) %}{% for i in range(9999) %}{% set n.a = {'k': n.a} %}{% endfor %}{{ n.a | tojson }}")]
    [InlineData("{% set n = namespace(a=[1]) %}{% for i in range(9999) %}{% set n.a = n.a | map('string') %}{% endfor %}{{ n.a | list }}")]
    public void Render_OnASmallStack_EndsWithoutOverflow(string template)
    {
        ChatTemplateException? exception = null;
        var thread = new Thread(() => exception = Rendered.Failure(template), maxStackSize: 384 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(ChatTemplateFault.LimitExceeded, exception!.Fault);
    }

    [Fact]
    public void Render_DeepContext_IsRefused()
    {
        System.Text.Json.Nodes.JsonNode deep = new System.Text.Json.Nodes.JsonArray();
        for (int i = 0; i < 2000; i++) deep = new System.Text.Json.Nodes.JsonArray(deep);
        Assert.Equal(ChatTemplateFault.LimitExceeded, Rendered.Failure("", new() { ["a"] = deep }).Fault);
    }

    private static string Repeat(string text) => string.Concat(Enumerable.Repeat(text, 20_000));
}
