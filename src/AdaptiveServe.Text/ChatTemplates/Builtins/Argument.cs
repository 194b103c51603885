using System.Diagnostics.CodeAnalysis;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>Reads arguments of the types that filters and methods need.</summary>
internal static class Argument
{
    /// <summary>Null where the argument is not given, or none.</summary>
    [return: NotNullIfNotNull(nameof(standard))]
    public static string? Text(object? argument, string? standard = null) => argument switch
    {
        null or None => standard,
        string text => text,
        _ => throw Unexpected("a text", argument),
    };

    public static string RequiredText(object? argument) => argument as string ?? throw Unexpected("a text", argument ?? None.Value);

    public static long Integer(object? argument, long standard)
    {
        if (argument is null) return standard;
        return Numbers.ToInteger(argument) ?? throw Unexpected("a whole number", argument);
    }

    public static bool Flag(object? argument) => argument is not null && Truth.Of(argument);

    private static RenderingException Unexpected(string kind, object argument) => argument is Undefined undefined
        ? undefined.Error()
        : RenderingException.Failed($"expected {kind}, found a value of type '{TypeName.Of(argument)}'");
}
