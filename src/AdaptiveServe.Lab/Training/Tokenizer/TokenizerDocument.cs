using System.Text.Json.Nodes;

namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>Spells a tokenizer as <c>tokenizer.json</c>, the format of Hugging Face's tokenizers library.</summary>
internal static class TokenizerDocument
{
    public static JsonObject Create(TrainedTokenizer tokenizer) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = AddedTokens(tokenizer),
        ["normalizer"] = null,
        ["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(Split(tokenizer.Pattern), ByteLevel()),
        },
        ["post_processor"] = null,
        ["decoder"] = ByteLevel(),
        ["model"] = Model(tokenizer),
    };

    private static JsonArray AddedTokens(TrainedTokenizer tokenizer)
    {
        JsonArray tokens = [];
        for (int id = 0; id < tokenizer.SpecialTokens.Count; id++)
        {
            JsonObject token = AddedTokenDocument.Create(tokenizer.SpecialTokens[id]);
            token.Insert(0, "id", id);
            tokens.Add((JsonNode)token);
        }

        return tokens;
    }

    private static JsonObject Split(string pattern) => new()
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = pattern },
        ["behavior"] = "Isolated",
        ["invert"] = false,
    };

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = true,
        ["use_regex"] = false,
    };

    private static JsonObject Model(TrainedTokenizer tokenizer) => new()
    {
        ["type"] = "BPE",
        ["dropout"] = null,
        ["unk_token"] = null,
        ["continuing_subword_prefix"] = null,
        ["end_of_word_suffix"] = null,
        ["fuse_unk"] = false,
        ["byte_fallback"] = false,
        ["ignore_merges"] = false,
        ["vocab"] = new JsonObject(tokenizer.Pieces.Select((piece, id) => KeyValuePair.Create(piece, (JsonNode?)id))),
        ["merges"] = Merges(tokenizer),
    };

    /// <summary>As text with a space between, which old and new readers take; no piece holds a space.</summary>
    private static JsonArray Merges(TrainedTokenizer tokenizer) =>
        [.. tokenizer.Merges.Select(merge => JsonValue.Create($"{tokenizer.Pieces[merge.Left]} {tokenizer.Pieces[merge.Right]}"))];
}
