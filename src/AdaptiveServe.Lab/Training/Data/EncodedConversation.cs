namespace AdaptiveServe.Lab.Training.Data;

/// <param name="Tokens">The whole chat.</param>
/// <param name="IsTarget">Whether a token is one that the model must learn to say.</param>
internal sealed record EncodedConversation(int[] Tokens, bool[] IsTarget);
