namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>A chat to train on.</summary>
/// <param name="System">What the system message says; null without one.</param>
/// <param name="Turns">Question and reply, one or more times.</param>
internal sealed record Conversation(string? System, IReadOnlyList<ConversationTurn> Turns);
