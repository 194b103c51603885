namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>The special tokens of models trained here: who speaks, where a turn ends, and what fills up a batch.</summary>
internal static class DemoTokens
{
    public const string End = "<|end|>";
    public const string Pad = "<|pad|>";
    public const string System = "<|system|>";
    public const string User = "<|user|>";
    public const string Assistant = "<|assistant|>";
    public const string Tool = "<|tool|>";

    /// <summary>In the order of their ids, from 0.</summary>
    public static IReadOnlyList<string> All { get; } = [End, Pad, System, User, Assistant, Tool];
}
