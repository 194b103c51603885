namespace AdaptiveServe.Server.OpenAI.Tools;

/// <summary>Finds tool calls in an answer while it comes. One answer, one thread at a time.</summary>
/// <remarks>What looks like a call and is none stays text: nothing of an answer is lost.</remarks>
internal interface IToolCallParser
{
    /// <summary>Takes a part of the answer in.</summary>
    ToolCallText Append(string text);

    /// <summary>Ends the answer.</summary>
    ToolCallText Flush();
}

/// <param name="Content">Text outside of calls.</param>
/// <param name="Calls">Calls that are complete.</param>
internal readonly record struct ToolCallText(string Content, IReadOnlyList<ToolCall> Calls);
