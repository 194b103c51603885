using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Server.Generation;

/// <summary>A generated token and where its text begins.</summary>
/// <param name="Token">The token.</param>
/// <param name="TextOffset">Characters of the answer before it.</param>
/// <param name="IsInText">False for a token that ended the answer and for those that a stop string cut off.</param>
internal readonly record struct TokenText(GeneratedToken Token, int TextOffset, bool IsInText);
