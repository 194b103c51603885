using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>What a template cannot do with a conversation is an error with the template's name and the line.</summary>
public class RenderErrorTests
{
    public static TheoryData<string, string> Failures => new()
    {
        { "{{ missing.x }}", "'missing' is undefined" },
        { "{{ missing['x'] }}", "'missing' is undefined" },
        { "{{ missing[1:] }}", "'missing' is undefined" },
        { "{{ missing() }}", "'missing' is undefined" },
        { "{{ missing + 1 }}", "'missing' is undefined" },
        { "{{ 1 + missing }}", "'missing' is undefined" },
        { "{{ -missing }}", "'missing' is undefined" },
        { "{{ missing < 1 }}", "'missing' is undefined" },
        { "{{ missing | int }}", "'missing' is undefined" },
        { "{{ missing | tojson }}", "'missing' is undefined" },
        { "{{ d.zz.y }}", "'dict object' has no attribute 'zz'" },
        { "{{ l[9].y }}", "'list object' has no element 9" },
        { "{{ n.x.y }}", "'None' has no attribute 'x'" },
        { "{{ s.zz() }}{% set ns = namespace(zz=1) %}", "'str object' has no attribute 'zz'" },
        { "{{ (1 if e).x }}", "the condition is false and there is no else" },
        { "{% macro f(a) %}{{ a.b }}{% endmacro %}{{ f() }}", "parameter 'a' was not provided" },
        { "{% macro f() %}{{ caller() }}{% endmacro %}{{ f() }}", "No caller defined" },
        { "{{ s + 1 }}", "'+' does not take values of type 'str' and 'int'" },
        { "{{ n + 'a' }}", "'+' does not take values of type 'NoneType' and 'str'" },
        { "{{ s - 1 }}", "'-' does not take values of type 'str' and 'int'" },
        { "{{ s % 1 }}", "formatting with '%' is not supported" },
        { "{{ 1 / 0 }}", "division by zero" },
        { "{{ 1 % 0.0 }}", "division by zero" },
        { "{{ 9223372036854775807 + 1 }}", "the result of '+' has more than 64 bits" },
        { "{{ 2 ** 64 }}", "the result of '**' has more than 64 bits" },
        { "{{ (-9223372036854775807 - 1) // -1 }}", "the result of '//' has more than 64 bits" },
        { "{{ big + 1 }}", "'+' does not take values of type 'int' and 'int'" },
        { "{{ -s }}", "a value of type 'str' cannot be negated" },
        { "{{ s < 1 }}", "values of type 'str' and 'int' have no order" },
        { "{{ [1, 'a'] | sort }}", "values of type 'str' and 'int' have no order" },
        { "{{ 'a' in 5 }}", "a value of type 'int' holds no others" },
        { "{{ 5 in 'abc' }}", "'in' a text takes a text, not a value of type 'int'" },
        { "{{ x() }}", "a value of type 'int' cannot be called" },
        { "{{ x[1:] }}", "a value of type 'int' cannot be sliced, or not with these bounds" },
        { "{{ s['a':] }}", "a value of type 'str' cannot be sliced, or not with these bounds" },
        { "{{ s[::0] }}", "the step of a slice is zero" },
        { "{{ {l: 1} }}", "a dictionary key of type 'list' is not supported" },
        { "{{ l in d }}", "a value of type 'list' is never a key" },
        { "{{ x | length }}", "a value of type 'int' has no length" },
        { "{{ l | map('string') | length }}", "a value of type 'generator' has no length" },
        { "{{ x | list }}", "a value of type 'int' is not iterable" },
        { "{% for i in x %}{% endfor %}", "a value of type 'int' is not iterable" },
        { "{% for a, b in [[1]] %}{% endfor %}", "2 variables cannot take 1 values" },
        { "{% set a, b = 1, 2, 3 %}", "2 variables cannot take 3 values" },
        { "{% set s.x = 1 %}", "'s' is no namespace: its attribute 'x' cannot be set" },
        { "{{ range }}", "a value of type 'function' cannot be shown as text" },
        { "{{ l | map('string') }}", "a value of type 'generator' cannot be shown as text" },
        { "{{ namespace() | tojson }}", "a value of type 'Namespace' cannot be written as JSON" },
        { "{{ 'x' | from_json }}", "the JSON is not valid: 'x' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 0." },
        { "{{ '1e30' | int }}", "the filter 'int' makes numbers of 64 bits" },
        { "{{ '1' | int(base=16) }}", "the filter 'int' knows base 10 only" },
        { "{{ s.index('z') }}", "the text does not hold what is looked for" },
        { "{{ s.split('') }}", "the separator is empty" },
        { "{{ s.upper(1) }}", "'upper' takes at most 0 argument(s)" },
        { "{{ ','.join([1]) }}", "expected a text, found a value of type 'int'" },
        { "{{ '{} {}'.format(1) }}", "a format asks for argument 1, but 1 are given" },
        { "{{ '{a}'.format(1) }}", "a format asks for 'a', which is not given or not supported" },
        { "{{ '{'.format(1) }}", "a format has a single '{'" },
        { "{{ '}'.format(1) }}", "a format has a single '}'" },
        { "{{ '{:e}'.format(1.5) }}", "the format 'e' is not supported, or not for that value" },
        { "{{ '{:d}'.format(s) }}", "the format 'd' is not supported, or not for that value" },
        { "{{ l.index(9) }}", "9 is not in the list" },
        { "{{ [].pop() }}", "the list has no item at that place" },
        { "{{ d.pop('zz') }}", "the dictionary has no key 'zz'" },
        { "{{ dict([1]) }}", "expected pairs of key and value" },
        { "{{ range(1, 2, 0) }}", "range takes one to three whole numbers, the third not zero" },
        { "{{ strftime_now('%Q') }}", "the time format '%Q' is not supported" },
        { "{{ strftime_now('100%') }}", "a time format ends in '%'" },
        { "{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}", "macro 'f' takes not more than 1 argument(s)" },
        { "{% macro f(a) %}{% endmacro %}{{ f(z=2) }}", "macro 'f' takes no keyword argument 'z'" },
        { "{% macro f(a) %}{% endmacro %}{{ f(1, a=2) }}", "macro 'f' got multiple values for argument 'a'" },
        { "{% macro f() %}{% endmacro %}{% call f() %}{% endcall %}", "macro 'f' takes no keyword argument 'caller'" },
        { "{% set name = 'nope' %}{{ l | map(name) | list }}", "unknown filter 'nope'" },
    };

    [Theory, MemberData(nameof(Failures))]
    public void Render_WhatFails_NamesTheLineAndTheCause(string template, string message)
    {
        ChatTemplateException exception = Rendered.Failure("a\nb\n" + template);
        Assert.Equal(ChatTemplateFault.Failed, exception.Fault);
        Assert.Equal($"test.jinja line 3: {message}", exception.Message);
    }

    [Fact]
    public void Render_FailureAfterAMacro_NamesTheLineOfTheCaller()
    {
        ChatTemplateException exception = Rendered.Failure("{% macro f() %}\n\n{{ 1 }}{% endmacro %}\n\n{{ f() + missing }}");
        Assert.Equal("test.jinja line 5: 'missing' is undefined", exception.Message);
    }

    [Fact]
    public void Render_RaiseException_RefusesInTheTemplatesWords()
    {
        ChatTemplateException exception = Rendered.Failure("{{ raise_exception('Roles must alternate, ' ~ x ~ ' found') }}");
        Assert.Equal((ChatTemplateFault.Refused, "Roles must alternate, 5 found"), (exception.Fault, exception.Message));
    }

    [Fact]
    public void Render_RefusalOfSeveralLines_IsOneLine()
    {
        string message = Rendered.Failure("{{ raise_exception('a\\nb\\x1b' ~ 'c' * 1000) }}").Message;
        Assert.StartsWith("a\\u000ab\\u001bccc", message);
        Assert.InRange(message.Length, 590, 620);
    }
}
