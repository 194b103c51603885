using AdaptiveServe.Text.ChatTemplates.Expressions;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary>What a macro or a call block is made of.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Parameters">With their default values, where they have one.</param>
/// <param name="Body">What a call writes is its value.</param>
internal sealed record MacroDefinition(string Name, (string Name, Expression? Default)[] Parameters, Statement[] Body)
{
    /// <summary>Whether the body mentions <c>caller</c>, the body of the call block that calls the macro.</summary>
    public required bool UsesCaller { get; init; }

    /// <summary>Whether the body mentions <c>varargs</c>, the arguments beyond the parameters.</summary>
    public required bool UsesVarargs { get; init; }

    /// <summary>Whether the body mentions <c>kwargs</c>, the keyword arguments that are no parameters.</summary>
    public required bool UsesKwargs { get; init; }
}
