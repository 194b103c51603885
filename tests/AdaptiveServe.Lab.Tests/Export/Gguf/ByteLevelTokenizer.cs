using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

/// <summary>A byte-level tokenizer: 256 bytes, two merges, and three added tokens at 258 to 260.</summary>
internal static class ByteLevelTokenizer
{
    public const int Rows = 264;
    public const string Qwen2Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string Llama3Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>A model of enough rows with this tokenizer, whose pre-tokenizer has these steps before the one that makes bytes.</summary>
    public static SmallModel Model(string[] steps, bool splitsLikeGpt2, bool ignoresMerges = false, string? normalizer = null)
    {
        SmallModel model = new($$"""{"vocab_size": {{Rows}}, "bos_token_id": null, "eos_token_id": [260, 259]}""");
        model.Write("tokenizer.json", Json(steps, splitsLikeGpt2, ignoresMerges, normalizer));
        return model;
    }

    /// <summary>A step that cuts by a pattern.</summary>
    public static string Split(string pattern) =>
        $$"""{"type": "Split", "pattern": {"Regex": {{JsonSerializer.Serialize(pattern)}}}, "behavior": "Isolated"}""";

    private static string Json(string[] steps, bool splitsLikeGpt2, bool ignoresMerges, string? normalizer)
    {
        string[] pieces = [.. Alphabet(), "he", "Ġhe"];
        JsonObject vocabulary = [];
        for (int id = 0; id < pieces.Length; id++) vocabulary[pieces[id]] = id;
        string bytes = $$"""{"type": "ByteLevel", "add_prefix_space": false, "use_regex": {{(splitsLikeGpt2 ? "true" : "false")}}}""";
        return $$"""
            {
              "added_tokens": [
                {"id": 258, "content": "<tool>", "special": false},
                {"id": 259, "content": "<end>", "special": true},
                {"id": 260, "content": "<turn>", "special": true}
              ],
              "normalizer": {{normalizer ?? "null"}},
              "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{{string.Join(", ", [.. steps, bytes])}}]},
              "decoder": {"type": "ByteLevel"},
              "model": {
                "type": "BPE", "ignore_merges": {{(ignoresMerges ? "true" : "false")}},
                "vocab": {{vocabulary.ToJsonString()}}, "merges": ["h e", "Ġ he"]
              }
            }
            """;
    }

    /// <summary>GPT-2's characters for bytes.</summary>
    private static IEnumerable<string> Alphabet()
    {
        int next = 256;
        for (int value = 0; value < 256; value++)
            yield return ((char)(value is >= 33 and <= 126 or >= 161 and <= 172 or >= 174 ? value : next++)).ToString();
    }
}
