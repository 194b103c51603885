using System.Text.Json.Nodes;

namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>Parts of a <c>tokenizer.json</c>.</summary>
internal static class TokenizerParts
{
    public static JsonObject Added(
        int id,
        string content,
        bool special = true,
        bool left = false,
        bool right = false,
        bool word = false,
        bool normalized = false)
    {
        return new JsonObject
        {
            ["id"] = id,
            ["content"] = content,
            ["single_word"] = word,
            ["lstrip"] = left,
            ["rstrip"] = right,
            ["normalized"] = normalized,
            ["special"] = special,
        };
    }

    public static JsonObject Sequence(string name, params JsonNode[] steps) =>
        new() { ["type"] = "Sequence", [name] = new JsonArray(steps) };

    public static JsonObject Replace(string old, string replacement) => new()
    {
        ["type"] = "Replace",
        ["pattern"] = new JsonObject { ["String"] = old },
        ["content"] = replacement,
    };

    public static JsonObject Split(string pattern, string behavior = "Isolated", bool invert = false) => new()
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = pattern },
        ["behavior"] = behavior,
        ["invert"] = invert,
    };

    public static JsonObject ByteLevelStep(bool usesRegex) => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = usesRegex,
    };

    public static JsonObject Metaspace(string scheme, bool split) => new()
    {
        ["type"] = "Metaspace",
        ["replacement"] = "▁",
        ["prepend_scheme"] = scheme,
        ["split"] = split,
    };

    /// <summary>A template that puts the tokens before a text.</summary>
    public static JsonObject Template(params (string Content, int Id)[] before)
    {
        var template = new JsonObject { ["type"] = "TemplateProcessing" };
        template["single"] = new JsonArray(
        [
            .. before.Select(token => new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = token.Content, ["type_id"] = 0 } }),
            new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } },
        ]);
        template["special_tokens"] = new JsonObject(before.Select(token => KeyValuePair.Create<string, JsonNode?>(
            token.Content,
            new JsonObject { ["id"] = token.Content, ["ids"] = new JsonArray(token.Id), ["tokens"] = new JsonArray(token.Content) })));
        return template;
    }
}
