using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>What is not well formed, or not known, is found when a template is loaded, with its line.</summary>
public class ParseErrorTests
{
    public static TheoryData<string, string> Unknown => new()
    {
        { "{% include 'a' %}", "unknown statement 'include'" },
        { "{% do x %}", "unknown statement 'do'" },
        { "{% block a %}{% endblock %}", "unknown statement 'block'" },
        { "{{ x | upper | frobnicate }}", "unknown filter 'frobnicate'" },
        { "{% filter frobnicate %}{% endfilter %}", "unknown filter 'frobnicate'" },
        { "{% set a | frobnicate %}{% endset %}", "unknown filter 'frobnicate'" },
        { "{{ l | map('frobnicate') }}", "unknown filter 'frobnicate'" },
        { "{{ l | select('frobnicated') }}", "unknown test 'frobnicated'" },
        { "{{ l | rejectattr('a', 'frobnicated') }}", "unknown test 'frobnicated'" },
        { "{{ x is frobnicated }}", "unknown test 'frobnicated'" },
        { "{% if false %}{{ x is not frobnicated }}{% endif %}", "unknown test 'frobnicated'" },
        { "{% if false %}{{ x.frobnicate() }}{% endif %}", "unknown method 'frobnicate'" },
        { "{{ 'text'.append(1) }}", "unknown method 'append' of a text" },
        { "{{ s | trim(1, 2) }}", "'trim' takes at most 1 argument(s)" },
        { "{{ s | trim(set='a') }}", "'trim' takes no argument 'set' here" },
        { "{{ s | replace('a') }}", "'replace' needs the argument 'new'" },
        { "{{ s | replace('a', 'b', old='c') }}", "'replace' takes no argument 'old' here" },
        { "{{ x is divisibleby }}", "'divisibleby' needs the argument 'num'" },
        { "{{ '%s' % x }}", "formatting with '%' is not supported" },
        { "{{ f(*l) }}", "arguments with '*' and '**' are not supported" },
        { "{{ f(**d) }}", "arguments with '*' and '**' are not supported" },
        { "{% macro f() %}{{ varargs }}{% endmacro %}", "'varargs' and 'kwargs' are not supported" },
        { "{% for i in l recursive %}{% endfor %}", "expected '%}', found 'recursive'" },
    };

    public static TheoryData<string, string> Malformed => new()
    {
        { "{{ x", "a tag is not closed" },
        { "{% if x", "a tag is not closed" },
        { "{# x", "a comment is not closed" },
        { "{% raw %}", "'raw' is not closed" },
        { "{{ 'abc }}", "a string is not closed" },
        { "{{ '\\xg0' }}", "a string has an escape sequence that is not valid or not supported" },
        { "{{ '\\N{DASH}' }}", "a string has an escape sequence that is not valid or not supported" },
        { "{{ 007 }}", "the number '007' begins with 0" },
        { "{{ 99999999999999999999 }}", "the number '99999999999999999999' has more than 64 bits" },
        { "{{ $ }}", "unexpected character '$'" },
        { "{{ 🎉 }}", "unexpected character '🎉'" },
        { "{{ ) }}", "unexpected ')'" },
        { "{{ (1] }}", "unexpected ']'" },
        { "{{ }}", "expected an expression, found '}}'" },
        { "{{ 1 + }}", "expected an expression, found '}}'" },
        { "{{ x y }}", "expected '}}', found 'y'" },
        { "{{ x | }}", "expected a name, found '}}'" },
        { "{{ x is }}", "expected a name, found '}}'" },
        { "{{ x. }}", "expected a name or number after '.', found '}}'" },
        { "{{ l[ }}", "unexpected '}'" },
        { "{{ f(a=1, 2) }}", "an argument without a name follows one with a name" },
        { "{{ f(a=1, a=2) }}", "the argument 'a' is given twice" },
        { "{{ {1, 2} }}", "expected ':', found ','" },
        { "{% if x %}", "expected 'endif', found the end of the template" },
        { "{% for i in l %}", "expected 'endfor', found the end of the template" },
        { "{% if x %}{% endfor %}", "unknown statement 'endfor'" },
        { "{% endif %}", "unknown statement 'endif'" },
        { "{% %}", "expected a name, found '%}'" },
        { "{% for in l %}{% endfor %}", "expected 'in', found 'l'" },
        { "{% for i of l %}{% endfor %}", "expected 'in', found 'of'" },
        { "{% if a if b else c %}{% endif %}", "expected '%}', found 'if'" },
        { "{% set true = 1 %}", "'true' cannot be assigned to" },
        { "{% set 1 = 1 %}", "expected a name, found '1'" },
        { "{% set a = %}", "expected an expression, found '%}'" },
        { "{% set a = b = 1 %}", "expected '%}', found '='" },
        { "{% macro f(a=1, b) %}{% endmacro %}", "the parameter 'b' needs a default, as those before it" },
        { "{% macro f(a, a) %}{% endmacro %}", "two parameters have the name 'a'" },
        { "{% call x %}{% endcall %}", "'call' needs the call of a macro" },
        { "{% break %}", "'break' outside of a loop" },
        { "{% for i in l %}{% macro f() %}{% continue %}{% endmacro %}{% endfor %}", "'continue' outside of a loop" },
        { "{% for i in l %}{% set a %}{% break %}{% endset %}{% endfor %}", "'break' outside of a loop" },
    };

    [Theory, MemberData(nameof(Unknown)), MemberData(nameof(Malformed))]
    public void Parse_WhatIsWrong_NamesLineAndConstruct(string template, string message)
    {
        var exception = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse("\n\n" + template + "\n", "some.jinja"));
        Assert.Equal(ChatTemplateFault.Malformed, exception.Fault);
        Assert.Equal($"some.jinja line 3: {message}", exception.Message);
    }

    [Fact]
    public void Parse_MethodThatTheTemplateMakes_IsAccepted() =>
        Assert.Equal("1", Rendered.Template("{% macro m() %}1{% endmacro %}{% set a = namespace() %}{% set a.frob = m %}{{ a.frob() }}"));

    [Fact]
    public void Parse_ErrorAfterTagsOfSeveralLines_CountsAllLines()
    {
        const string Template = "{# a\nb #}\n{% set x = [\n1,\n2] %}\n{% raw %}\n\n{% endraw %}\n{{ 'a\nb' }}\n\n  {{- x | nope }}";
        var exception = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(Template, "t"));
        Assert.Equal("t line 12: unknown filter 'nope'", exception.Message);
    }
}
