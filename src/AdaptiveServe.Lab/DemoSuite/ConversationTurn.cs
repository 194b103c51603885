namespace AdaptiveServe.Lab.DemoSuite;

/// <param name="User">What the user says.</param>
/// <param name="Assistant">What the assistant replies.</param>
internal sealed record ConversationTurn(string User, string Assistant);
