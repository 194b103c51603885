using System.Text.Json;

namespace AdaptiveServe.Lab.Benchmarks.Workload;

/// <summary>A text, or the messages of a chat: one of the two.</summary>
internal sealed record Prompt(string? Text, JsonElement? Messages = null);
