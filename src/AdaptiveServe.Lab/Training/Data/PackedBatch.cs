namespace AdaptiveServe.Lab.Training.Data;

/// <summary>Chats packed into rows of equal length.</summary>
/// <param name="Tokens">[rows * row length].</param>
/// <param name="Positions">Of each token in its chat; padding is a chat of its own.</param>
/// <param name="Rows">The places whose next token counts.</param>
/// <param name="Targets">That token, for each of <paramref name="Rows"/>.</param>
internal sealed record PackedBatch(int[] Tokens, int[] Positions, int[] Rows, int[] Targets);
