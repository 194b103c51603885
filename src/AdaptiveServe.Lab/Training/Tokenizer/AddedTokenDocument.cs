using System.Text.Json.Nodes;

namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>Spells a special token as both files of a tokenizer do: found wherever it stands, and it takes no white space along.</summary>
internal static class AddedTokenDocument
{
    public static JsonObject Create(string content) => new()
    {
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
