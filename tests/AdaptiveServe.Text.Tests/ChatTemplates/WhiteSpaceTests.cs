namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>White space around tags: trim_blocks, lstrip_blocks and the signs at tags.</summary>
public class WhiteSpaceTests
{
    public static TheoryData<string, string> WhiteSpace => new()
    {
        { "a\n  {% if x %}\n    b\n  {% endif %}\nc\n", "a\n    b\nc" },
        { "a {% if x %} b {% endif %} c", "a  b  c" },
        { "  {% if x %}\n b\n  {%- endif %}\n c", " b c" },
        { "a\n\n  {%- if x -%}  \n\n b  {%- endif -%}  c", "abc" },
        { " {%+ if x %} b {%+ endif %}\n c", "  b  c" },
        { "a\n{% if x +%}\nb\n{% endif +%}\nc", "a\n\nb\n\nc" },
        { "a\n  {{ x }}\nb", "a\n  5\nb" },
        { "a  {{- x -}}  b", "a5b" },
        { "a\n  {{- x }}\n  {{ x -}}\nb", "a5\n  5b" },
        { "{{+ x }}", "5" },
        { "{{-x-}}", "5" },
        { "a\r\n{% if x %}\r\nb\r\n{% endif %}\r\n", "a\nb\n" },
        { "a\rb\r", "a\nb" },
        { "\n\na\n\n", "\n\na\n" },
        { "a\n", "a" },
        { "", "" },
        { "\n", "" },
        { "   ", "   " },
        { "{% if x %}\n\nb{% endif %}", "\nb" },
        { "\t{% if x %}\t\nb\t{% endif %}", "\t\nb\t" },
        { "x{% if x %}  {% endif %}y\n   {% set a = 1 %}   z", "x  y\n   z" },
        { "   {% set a = 1 %}{% set b = 2 %}  \n  c", "  \n  c" },
        { "{% if x %}\n  {% for i in l %}\n    {{ i }}\n  {% endfor %}\n{% endif %}\n", "    3\n    1\n    2\n" },
        { "{% for i in range(3) -%}\n  {{ i }}\n{%- endfor %}", "012" },
        { "{%set a=1%}{{a}}", "1" },
        { "{%-set a=1-%}  {{-a-}}  ", "1" },
        { "{{ x -}}\n\n {{ x }}", "55" },
        { "a\n \u00a0{% set a = 1 %}b", "a\nb" },
        { "{{ 'a\r\nb' }}", "a\nb" },
    };

    [Theory, MemberData(nameof(WhiteSpace))]
    public void Render_WhiteSpace_FollowsJinja(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));

    public static TheoryData<string, string> Comments => new()
    {
        { "{# comment #}a{#- x -#} b {# {{ x }} {% if %} #}", "ab " },
        { "a\n  {# c #}\nb\n   {#+ c +#}\nd", "a\nb\n   \nd" },
        { "{#-#}x", "x" },
        { "{# a -#}   x", "x" },
        { "a  {#- b #}c", "ac" },
        { "{# a\nb #}\nc", "c" },
    };

    [Theory, MemberData(nameof(Comments))]
    public void Render_Comments_LeaveNothing(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));

    public static TheoryData<string, string> RawBlocks => new()
    {
        { "{% raw %}{{ x }}{% if %}{% endraw %}", "{{ x }}{% if %}" },
        { "{%- raw -%}  {{ x }}  {%- endraw -%} z", "{{ x }}z" },
        { "a\n{% raw %}\n  x\n  {% endraw %}\nb", "a\n\n  x\nb" },
        { "{% raw %}{% raw %}{% endraw %}", "{% raw %}" },
        { "{% raw %}{# x #}{% endraw +%}\na", "{# x #}\na" },
    };

    [Theory, MemberData(nameof(RawBlocks))]
    public void Render_RawBlocks_KeepTheirText(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));

    public static TheoryData<string, string> BracesInText => new()
    {
        { "a { b } {c {", "a { b } {c {" },
        { "{", "{" },
        { "{ {x} }", "{ {x} }" },
        { "}} %} #}", "}} %} #}" },
        { "{{ '{{' }}{{ '}}' }}{{ '{%' }}", "{{}}{%" },
        { "{{ {'a': {'b': 1}} }}", "{'a': {'b': 1}}" },
        { "{{ {}}}", "{}" },
        { "{{ [[1]] }}{{ ( (1) ) }}", "[[1]]1" },
    };

    [Theory, MemberData(nameof(BracesInText))]
    public void Render_BracesInText_AreText(string template, string expected) =>
        Assert.Equal(expected, Rendered.Template(template));
}
