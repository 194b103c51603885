using System.Text.Json.Nodes;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Text.Tokenizers.Families;
using static AdaptiveServe.Text.Tests.Tokenizers.TokenizerParts;

namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>Small tokenizers of each kind, as files, so that the tests need nothing that is not in the repository.</summary>
internal static class TinyTokenizers
{
    public const string Llama3Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public static TheoryData<string> Names => ["bytes", "characters", "model"];

    public static TextTokenizer Load(string name) => name switch
    {
        "bytes" => Load(ByteLevel()),
        "characters" => Load(Characters()),
        _ => LoadModel(Model()),
    };

    /// <summary>
    /// A vocabulary of byte symbols, in the manner of Llama 3: ids 0 to 255 are the bytes in order, then come the merges below, of which
    /// some hold parts of characters, then three added tokens.
    /// </summary>
    public static JsonObject ByteLevel()
    {
        string[] merges =
        [
            "h e", "l l", "he ll", "hell o", "Ġ t", "Ġt he", "o r", "Ġ w", "1 2", "12 3", "3 4", "Ġ Ġ", "ĠĠ ĠĠ", "Ċ Ċ",
            "ð Ł", "ðŁ ĺ", "Ģ į", "â Ģį", "ä ½", "ä½ ł", "Ã ©", "a a", "aa aa",
        ];
        JsonObject vocabulary = Vocabulary([.. Enumerable.Range(0, 256).Select(Symbol), .. merges.Select(Merged)]);
        int next = vocabulary.Count;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(
                Added(next, "<|begin|>"), Added(next + 1, "<|end|>"), Added(next + 2, "<tool>", special: false)),
            ["normalizer"] = null,
            ["pre_tokenizer"] = Sequence("pretokenizers", Split(Llama3Words), ByteLevelStep(usesRegex: false)),
            ["post_processor"] = Template(("<|begin|>", next)),
            ["decoder"] = ByteLevelStep(usesRegex: true),
            ["model"] = Bpe(vocabulary, merges, ("ignore_merges", false), ("byte_fallback", false)),
        };
    }

    /// <summary>
    /// A vocabulary of characters, in the manner of Llama 2: 0 to 2 are <c>&lt;unk> &lt;s> &lt;/s></c>, from 3 on the bytes, from 259
    /// on the space, letters and others, then the merges below.
    /// </summary>
    public static JsonObject Characters()
    {
        string[] merges = ["h e", "t he", "▁ the", "▁ ▁", "▁▁ ▁▁", "l l", "he ll", "hell o", "▁ hello", "a a", "aa aa", "好 好"];
        JsonObject vocabulary = Vocabulary(["<unk>", "<s>", "</s>", .. Bytes(), .. CharacterPieces, .. merges.Select(Merged)]);
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Added(0, "<unk>"), Added(1, "<s>"), Added(2, "</s>")),
            ["normalizer"] = Sequence(
                "normalizers",
                new JsonObject { ["type"] = "Prepend", ["prepend"] = "▁" },
                Replace(" ", "▁")),
            ["pre_tokenizer"] = null,
            ["post_processor"] = Template(("<s>", 1)),
            ["decoder"] = Sequence(
                "decoders",
                Replace("▁", " "),
                new JsonObject { ["type"] = "ByteFallback" },
                new JsonObject { ["type"] = "Fuse" },
                new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 }),
            ["model"] = Bpe(vocabulary, merges, ("unk_token", "<unk>"), ("fuse_unk", true), ("byte_fallback", true)),
        };
    }

    /// <summary>The same as <see cref="Characters"/>, in SentencePiece's format.</summary>
    public static SentencePieceWriter Model()
    {
        var model = new SentencePieceWriter { FallsBackToBytes = true };
        model.Add("<unk>", type: SentencePieceWriter.Unknown);
        model.Add("<s>", type: SentencePieceWriter.Control).Add("</s>", type: SentencePieceWriter.Control);
        foreach (string piece in Bytes()) model.Add(piece, type: SentencePieceWriter.Byte);
        foreach (string piece in CharacterPieces) model.Add(piece, score: -1000);
        string[] merged = ["he", "the", "▁the", "▁▁", "▁▁▁▁", "ll", "hell", "hello", "▁hello", "aa", "aaaa", "好好"];
        for (int i = 0; i < merged.Length; i++) model.Add(merged[i], score: -i);
        return model;
    }

    private static IEnumerable<string> CharacterPieces =>
        "▁abcdefghijklmnopqrstuvwxyzHW.,!'é好😀".EnumerateRunes().Select(rune => rune.ToString());

    public static TextTokenizer Load(JsonObject tokenizer, string? config = null, string? map = null)
    {
        using TemporaryFolder folder = new TemporaryFolder().With("tokenizer.json", tokenizer.ToJsonString());
        return LoadWith(folder, config, map);
    }

    public static TextTokenizer LoadModel(SentencePieceWriter model, string? config = null)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("tokenizer.model"), model.ToArray());
        return LoadWith(folder, config, null);
    }

    private static TextTokenizer LoadWith(TemporaryFolder folder, string? config, string? map)
    {
        if (config is not null) folder.With("tokenizer_config.json", config);
        if (map is not null) folder.With("special_tokens_map.json", map);
        return TokenizerLoader.Load(folder.Path);
    }

    private static JsonObject Bpe(JsonObject vocabulary, string[] merges, params (string Name, JsonNode Value)[] options)
    {
        var list = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]);
        var model = new JsonObject { ["type"] = "BPE", ["dropout"] = null, ["vocab"] = vocabulary, ["merges"] = list };
        foreach ((string name, JsonNode value) in options) model[name] = value;
        return model;
    }

    private static JsonObject Vocabulary(string[] pieces)
    {
        var vocabulary = new JsonObject();
        for (int id = 0; id < pieces.Length; id++) vocabulary.Add(pieces[id], id);
        return vocabulary;
    }

    private static string Merged(string merge) => merge.Replace(" ", "");

    private static IEnumerable<string> Bytes() => Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>");

    private static string Symbol(int value) => ByteLevelAlphabet.Character((byte)value).ToString();
}
