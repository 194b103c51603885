using AdaptiveServe.Text.ChatTemplates.Expressions;

namespace AdaptiveServe.Text.ChatTemplates.Statements;

/// <summary>What a macro or a call block is made of.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Parameters">With their default values, where they have one.</param>
/// <param name="Body">What a call writes is its value.</param>
/// <param name="UsesCaller">Whether the body mentions <c>caller</c>, the body of the call block that calls the macro.</param>
internal sealed record MacroDefinition(string Name, (string Name, Expression? Default)[] Parameters, Statement[] Body, bool UsesCaller);
