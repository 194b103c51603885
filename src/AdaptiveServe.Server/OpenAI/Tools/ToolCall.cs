using System.Text.Json.Serialization;

namespace AdaptiveServe.Server.OpenAI.Tools;

/// <summary>A call that the model asks its client to make.</summary>
/// <param name="Id">To be named by the message that brings the result.</param>
/// <param name="Type">Always <c>function</c>.</param>
/// <param name="Function">What to call.</param>
internal sealed record ToolCall(string Id, string Type, ToolFunction Function)
{
    /// <summary>Number of the call within its answer; in parts of a stream only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Index { get; init; }

    public static ToolCall Create(string name, string arguments) => new($"call_{Guid.NewGuid():N}", "function", new ToolFunction(name, arguments));
}

/// <param name="Name">The function.</param>
/// <param name="Arguments">A JSON object, as text.</param>
internal sealed record ToolFunction(string Name, string Arguments);
