using System.Collections.Frozen;
using System.Text;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>What can stand after <c>is</c>.</summary>
internal static class Tests
{
    public static FrozenDictionary<string, Builtin> All { get; } = Builtin.Table(
        Of("defined", value => value is not Undefined),
        Of("undefined", value => value is Undefined),
        Of("none", value => value is None),
        Of("boolean", value => value is bool),
        Of("true", value => value is true),
        Of("false", value => value is false),
        Of("string", value => value is string),
        Of("number", Numbers.IsNumber),
        Of("integer", value => Numbers.IsNumber(value) && value is not (double or bool)),
        Of("float", value => value is double),
        Of("mapping", value => value is Mapping),
        Of("sequence", value => value is string or Mapping or Undefined or Sequence { IsIndexed: true }),
        Of("iterable", Iteration.IsIterable),
        Of("callable", value => value is ICallable or Undefined),

        new("even", "", (renderer, value, _) => Box.Of(HasRemainder(renderer, value, 2L, 0L))),
        new("odd", "", (renderer, value, _) => Box.Of(HasRemainder(renderer, value, 2L, 1L))),
        new("divisibleby", "num", (renderer, value, arguments) => Box.Of(HasRemainder(renderer, value, arguments[0]!, 0L))),
        new("lower", "", (renderer, value, _) => Box.Of(TextMethods.IsCased(Display.Str(renderer, value), Rune.IsLower, Rune.IsUpper))),
        new("upper", "", (renderer, value, _) => Box.Of(TextMethods.IsCased(Display.Str(renderer, value), Rune.IsUpper, Rune.IsLower))),

        new("in", "seq", (renderer, value, arguments) => Box.Of(Containment.Contains(renderer, arguments[0]!, value))),
        Comparing("eq", "=="), Comparing("==", "=="), Comparing("equalto", "=="),
        Comparing("ne", "!="), Comparing("!=", "!="),
        Comparing("lt", "<"), Comparing("<", "<"), Comparing("lessthan", "<"),
        Comparing("le", "<="), Comparing("<=", "<="),
        Comparing("gt", ">"), Comparing(">", ">"), Comparing("greaterthan", ">"),
        Comparing("ge", ">="), Comparing(">=", ">="));

    private static Builtin Of(string name, Func<object, bool> test) => new(name, "", (_, value, _) => Box.Of(test(value)));

    private static Builtin Comparing(string name, string comparison) =>
        new(name, "other", (renderer, value, arguments) => Box.Of(Comparison.Holds(renderer, comparison, value, arguments[0]!)));

    private static bool HasRemainder(Renderer renderer, object value, object divisor, object remainder) =>
        Equality.AreEqual(renderer, Arithmetic.Apply(renderer, "%", value, divisor), remainder);
}
