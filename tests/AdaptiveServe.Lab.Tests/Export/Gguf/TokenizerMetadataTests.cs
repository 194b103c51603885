using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

public class TokenizerMetadataTests
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string Digits = """{"type": "Digits", "individual_digits": true}""";

    [Fact]
    public async Task Export_SentencePiece_HasScoresAndTypesForEachRow()
    {
        using SmallModel model = new();
        GgufFile file = await model.ExportedAsync();
        Assert.Equal("llama", file.Value<string>("tokenizer.ggml.model"));
        Assert.Equal(
            ["<unk>", "<s>", "</s>", "▁", "a", "b", "ab", "[PAD7]", "[PAD8]", "[PAD9]"], file.Values<string>("tokenizer.ggml.tokens"));
        Assert.Equal([2, 3, 3, 1, 1, 1, 1, 5, 5, 5], file.Values<int>("tokenizer.ggml.token_type"));
        float[] scores = file.Values<float>("tokenizer.ggml.scores");
        Assert.Equal(0, scores[6]); // the only piece that is merged
        Assert.Equal(10, scores.Length);
        Assert.Equal(1u, file.Value<uint>("tokenizer.ggml.bos_token_id"));
        Assert.Equal(2u, file.Value<uint>("tokenizer.ggml.eos_token_id"));
        Assert.Equal(0u, file.Value<uint>("tokenizer.ggml.unknown_token_id"));
        Assert.True(file.Value<bool>("tokenizer.ggml.add_bos_token"));
        Assert.False(file.Value<bool>("tokenizer.ggml.add_eos_token"));
        Assert.True(file.Value<bool>("tokenizer.ggml.add_space_prefix"));
    }

    [Theory]
    [InlineData("qwen2", false, false, ByteLevelTokenizer.Qwen2Words)]
    [InlineData("llama-bpe", false, true, ByteLevelTokenizer.Llama3Words)]
    [InlineData("smaug-bpe", false, false, ByteLevelTokenizer.Llama3Words)]
    [InlineData("gpt-2", true, false, null)]
    [InlineData("smollm", true, false, "digits")]
    public async Task Export_ByteLevel_HasMergesAndTheNameOfItsWords(string name, bool splitsLikeGpt2, bool ignoresMerges, string? pattern)
    {
        string[] steps = pattern switch { null => [], "digits" => [Digits], _ => [ByteLevelTokenizer.Split(pattern)] };
        using SmallModel model = ByteLevelTokenizer.Model(steps, splitsLikeGpt2, ignoresMerges);
        GgufFile file = await model.ExportedAsync();
        Assert.Equal("gpt2", file.Value<string>("tokenizer.ggml.model"));
        Assert.Equal(name, file.Value<string>("tokenizer.ggml.pre"));
        Assert.Equal(["h e", "Ġ he"], file.Values<string>("tokenizer.ggml.merges"));
        string[] tokens = file.Values<string>("tokenizer.ggml.tokens");
        Assert.Equal(ByteLevelTokenizer.Rows, tokens.Length);
        Assert.Equal(["he", "Ġhe", "<tool>", "<end>", "<turn>", "[PAD261]"], tokens[256..262]);
        Assert.Equal([1, 1, 4, 3, 3, 5], file.Values<int>("tokenizer.ggml.token_type")[256..262]);
        Assert.DoesNotContain("tokenizer.ggml.scores", file.Metadata.Keys);
        Assert.DoesNotContain("tokenizer.ggml.bos_token_id", file.Metadata.Keys);
        Assert.False(file.Value<bool>("tokenizer.ggml.add_bos_token"));
    }

    [Theory]
    [InlineData(@"\p{L}+", false, @"llama.cpp has no pre-tokenizer \p{L}+")]
    [InlineData(ByteLevelTokenizer.Qwen2Words, true, "with ignore_merges")]
    public async Task Export_WordsWithoutAName_AreRefusedByTheirPattern(string pattern, bool ignoresMerges, string reason)
    {
        using SmallModel model = ByteLevelTokenizer.Model([ByteLevelTokenizer.Split(pattern)], splitsLikeGpt2: false, ignoresMerges);
        LabRun run = await model.ExportAsync("f32");
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains(reason, run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_SeveralEnds_NamesTheTokenizersFirst()
    {
        using SmallModel model = ByteLevelTokenizer.Model([], splitsLikeGpt2: true);
        model.Write("tokenizer_config.json", """{"eos_token": "<end>", "pad_token": "<tool>"}""");
        GgufFile file = await model.ExportedAsync();
        Assert.Equal(259u, file.Value<uint>("tokenizer.ggml.eos_token_id"));
        Assert.Equal(260u, file.Value<uint>("tokenizer.ggml.eot_token_id"));
        Assert.Equal(258u, file.Value<uint>("tokenizer.ggml.padding_token_id"));
    }

    [Fact]
    public async Task Export_NoTokenThatEndsAText_IsRefused()
    {
        using SmallModel model = new("""{"eos_token_id": null}""");
        LabRun run = await model.ExportAsync("f32");
        Assert.Contains("no token is named that ends a text", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_TokenWithTheNameOfAFiller_KeepsItsName()
    {
        using SmallModel model = new();
        Change(
            model, "\"ab\": 6}", "\"ab\": 6, \"[PAD8]\": 7}",
            "{\"id\": 2,", "{\"id\": 7, \"content\": \"[PAD8]\", \"special\": true}, {\"id\": 2,");
        string[] tokens = (await model.ExportedAsync()).Values<string>("tokenizer.ggml.tokens");
        Assert.Equal(["[PAD8]", "[[PAD8]]", "[PAD9]"], tokens[7..]);
    }

    [Theory]
    [InlineData("\"merges\": [\"a b\"]", "\"merges\": []", "'a' and 'b' form a piece, but are not merged")]
    [InlineData("\"a\": 4, \"b\": 5, \"ab\": 6}", "\"a\": 4, \"ab\": 6}", "is not in the vocabulary")]
    [InlineData("\"content\": \"▁\"}\n", "\"content\": \"_\"}\n", "it changes texts in a way that llama.cpp does not")]
    public async Task Export_SentencePieceThatLlamaCppReadsOtherwise_IsRefused(string before, string after, string reason)
    {
        using SmallModel model = new();
        Change(model, before, after);
        LabRun run = await model.ExportAsync("f32");
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains(reason, run.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("always", true, "llama.cpp puts a space before texts that begin with one, too")]
    [InlineData("first", true, "llama.cpp puts a space before each text that follows a special token")]
    [InlineData("never", false, null)]
    public async Task Export_SpacesAsAStepOfTheirOwn_AreTriedOut(string scheme, bool isAdded, string? note)
    {
        using SmallModel model = new();
        UseMetaspace(model, scheme, cuts: false);
        LabRun run = await model.ExportAsync("f32");
        Assert.Equal(isAdded, GgufFile.Read(model.File("out.gguf")).Value<bool>("tokenizer.ggml.add_space_prefix"));
        if (note is not null) Assert.Contains(note, run.Output, StringComparison.Ordinal);
        Assert.Equal(note is null ? 1 : 2, run.Output.Split("note: ").Length - 1); // one more says that there are no byte pieces
    }

    [Fact]
    public async Task Export_MergesWithinWordsOnly_AreRefusedWhereAPieceCrossesThem()
    {
        using SmallModel model = new();
        UseMetaspace(model, "always", cuts: true);
        Assert.Equal(ExitCode.Success, (await model.ExportAsync("f32")).Code);
        Change(model, "\"ab\":6}", "\"ab\":6,\"b▁\":7}", "[\"a b\"]", "[\"a b\",\"b ▁\"]");
        LabRun run = await model.ExportAsync("f32");
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("it merges within words only", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_TokensBeyondTheRows_AreLeftOutWithANote()
    {
        using SmallModel model = new("""{"vocab_size": 7}""");
        Change(model, "{\"id\": 2,", "{\"id\": 7, \"content\": \"<pad>\", \"special\": true}, {\"id\": 2,");
        LabRun run = await model.ExportAsync("f32");
        Assert.Contains("note: 1 added tokens are left out", run.Output, StringComparison.Ordinal);
        Assert.Equal(7, GgufFile.Read(model.File("out.gguf")).Values<string>("tokenizer.ggml.tokens").Length);
    }

    [Fact]
    public async Task Export_Composition_IsNoted()
    {
        using SmallModel model = ByteLevelTokenizer.Model(
            [ByteLevelTokenizer.Split(ByteLevelTokenizer.Qwen2Words)], splitsLikeGpt2: false, normalizer: """{"type": "NFC"}""");
        Assert.Contains("note: llama.cpp does not compose characters", (await model.ExportAsync("f32")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_ChatTemplates_AreCopied()
    {
        using SmallModel model = new();
        model.Write("tokenizer_config.json", """
            {"chat_template": [{"name": "default", "template": "{{ messages }}é"}, {"name": "tool_use", "template": "{{ tools }}"}]}
            """);
        GgufFile file = await model.ExportedAsync();
        Assert.Equal("{{ messages }}é", file.Value<string>("tokenizer.chat_template"));
        Assert.Equal(["tool_use"], file.Values<string>("tokenizer.chat_templates"));
        Assert.Equal("{{ tools }}", file.Value<string>("tokenizer.chat_template.tool_use"));
    }

    [Theory]
    [InlineData("llama-bpe", 128256, "llama-bpe")]
    [InlineData("qwen2", 151936, "qwen2")]
    [InlineData("gpt-2", 50257, "gpt-2")]
    [InlineData("llama-2", 32000, "default")]
    public async Task Export_RealTokenizer_IsKnown(string name, int rows, string words)
    {
        string tokenizer = SharedData.Path($"tokenizers/{name}/tokenizer.json");
        using SmallModel model = new($$"""{"vocab_size": {{rows}}}""");
        File.Copy(tokenizer, model.File("tokenizer.json"), overwrite: true);
        GgufFile file = await model.ExportedAsync("q8_0");
        Assert.Equal(words, file.Value<string>("tokenizer.ggml.pre"));
        Assert.Equal(rows, file.Values<string>("tokenizer.ggml.tokens").Distinct().Count());
    }

    /// <summary>Writes spaces in the pre-tokenizer instead of the normalizer, as newer files do.</summary>
    private static void UseMetaspace(SmallModel model, string scheme, bool cuts)
    {
        JsonObject root = JsonNode.Parse(File.ReadAllText(model.File("tokenizer.json")))!.AsObject();
        root["normalizer"] = null;
        root["pre_tokenizer"] = new JsonObject
        {
            ["type"] = "Metaspace",
            ["replacement"] = "▁",
            ["prepend_scheme"] = scheme,
            ["split"] = cuts,
        };
        model.Write("tokenizer.json", root.ToJsonString(Readable));
    }

    private static void Change(SmallModel model, params string[] replacements)
    {
        string json = File.ReadAllText(model.File("tokenizer.json"));
        foreach (string[] pair in replacements.Chunk(2))
        {
            Assert.Contains(pair[0], json, StringComparison.Ordinal);
            json = json.Replace(pair[0], pair[1], StringComparison.Ordinal);
        }

        model.Write("tokenizer.json", json);
    }
}
