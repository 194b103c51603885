namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>What is missing: empty as text and in loops, an error elsewhere.</summary>
public class UndefinedTests
{
    public static TheoryData<string, string> Undefined => new()
    {
        { "missing", "" },
        { "'a' ~ missing ~ 'b'", "ab" },
        { "missing | length", "0" },
        { "missing | list", "[]" },
        { "missing | join", "" },
        { "missing | upper", "" },
        { "missing | string", "" },
        { "missing | first", "" },
        { "missing | items | list", "[]" },
        { "missing | default('d')", "d" },
        { "missing is defined", "False" },
        { "missing is undefined", "True" },
        { "d.zz is defined", "False" },
        { "[] | last", "" },
        { "missing is iterable", "True" },
        { "missing is sequence", "True" },
        { "missing is string", "False" },
        { "(none) is defined", "True" },
    };

    [Theory, MemberData(nameof(Undefined))]
    public void Render_Undefined_IsEmpty(string expression, string expected) =>
        Assert.Equal(expected, Rendered.Expression(expression));
}
