using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Server.Generation;

/// <summary>A generated token and where its text begins.</summary>
/// <param name="Token">The token.</param>
/// <param name="TextOffset">Characters of the answer before it.</param>
internal readonly record struct TokenText(GeneratedToken Token, int TextOffset);
