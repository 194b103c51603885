using System.Text.Json;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Streaming;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>The published tokenizers against vectors on which independent implementations agree.</summary>
public class RealTokenizerTests
{
    public static TheoryData<string> Models => ["stories260K", "babyllama-105"];

    [Theory, MemberData(nameof(Models))]
    public void Encode_AgreedVectors_GivesTheirIds(string model)
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(SharedData.Path($"models/{model}"));
        Assert.All(Vectors(model), vector => Assert.Equal(vector.Ids, tokenizer.Encode(vector.Text)));
    }

    [Theory, MemberData(nameof(Models))]
    public void Decode_AgreedVectors_GivesTheirTexts(string model)
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(SharedData.Path($"models/{model}"));
        int unknown = tokenizer.Definition.UnknownId!.Value;
        (string Text, int[] Ids)[] vectors = [.. Vectors(model).Where(vector => !vector.Ids.Contains(unknown))];
        Assert.NotEmpty(vectors);
        Assert.All(vectors, vector => Assert.Equal(vector.Text, tokenizer.Decode(vector.Ids)));
    }

    [Theory, MemberData(nameof(Models))]
    public void Encode_WithoutSpecialTokens_LeavesOutTheFirst(string model)
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(SharedData.Path($"models/{model}"));
        Assert.All(Vectors(model), vector => Assert.Equal(vector.Ids[1..], tokenizer.Encode(vector.Text, addSpecialTokens: false)));
    }

    /// <summary>Where the others disagree, the tokenizers library decides: the loader reads its format.</summary>
    [Theory, MemberData(nameof(Models))]
    public void Encode_DisagreedVectors_FollowsTheTokenizersLibrary(string model)
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(SharedData.Path($"models/{model}"));
        foreach (JsonElement vector in VectorFile(model).GetProperty("disagree").EnumerateArray())
            Assert.Equal(Ids(vector.GetProperty("hf_tokenizers_js")), tokenizer.Encode(vector.GetProperty("text").GetString()!));
    }

    [Theory, MemberData(nameof(Models))]
    public void Encode_GoldenPrompts_GivesTheirIds(string model)
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(SharedData.Path($"models/{model}"));
        Assert.All(GoldenCases(model), golden => Assert.Equal(Ids(golden.GetProperty("prompt_ids")), tokenizer.Encode(Text(golden, "prompt"))));
    }

    [Theory, MemberData(nameof(Models))]
    public void Decode_GoldenIds_GivesTheirTexts(string model)
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(SharedData.Path($"models/{model}"));
        foreach (JsonElement golden in GoldenCases(model))
        {
            int[] prompt = Ids(golden.GetProperty("prompt_ids")), greedy = Ids(golden.GetProperty("greedy_ids"));
            Assert.Equal(Text(golden, "greedy_text"), tokenizer.Decode(greedy));
            Assert.Equal(Text(golden, "full_text"), tokenizer.Decode([.. prompt, .. greedy]));
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Append_GoldenCompletion_ContinuesThePrompt(string model)
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(SharedData.Path($"models/{model}"));
        foreach (JsonElement golden in GoldenCases(model))
        {
            int[] prompt = Ids(golden.GetProperty("prompt_ids")), greedy = Ids(golden.GetProperty("greedy_ids"));
            var detokenizer = new IncrementalDetokenizer(tokenizer, prompt);
            string completion = string.Concat(greedy.Select(detokenizer.Append)) + detokenizer.Flush();
            Assert.Equal(Text(golden, "full_text"), tokenizer.Decode(prompt) + completion);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Load_TokenizerModelOnly_EncodesAsTokenizerJson(string model)
    {
        using var folder = new TemporaryFolder();
        foreach (string file in (string[])["tokenizer.model", "tokenizer_config.json", "special_tokens_map.json"])
            File.Copy(SharedData.Path($"models/{model}/{file}"), folder.File(file));

        TextTokenizer tokenizer = TokenizerLoader.Load(folder.Path);
        Assert.All(Vectors(model), vector => Assert.Equal(vector.Ids, tokenizer.Encode(vector.Text)));
    }

    [Fact]
    public void Properties_Stories260K_DescribeItsTokens()
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(SharedData.Path("models/stories260K"));
        Assert.Equal(512, tokenizer.VocabularySize);
        Assert.Equal((1, 2), (tokenizer.BosId, tokenizer.EosId));
        Assert.True(tokenizer.IsSpecial(1));
        Assert.False(tokenizer.IsSpecial(410));
        Assert.Equal(["▁", "<0x0A>"], [tokenizer.Piece(410), tokenizer.Piece(13)]);
        Assert.Equal(" "u8, tokenizer.Bytes(410).Span);
        Assert.Equal("\n"u8, tokenizer.Bytes(13).Span);
        Assert.Equal(("", false, true), (tokenizer.Piece(512), tokenizer.IsSpecial(-1), tokenizer.Bytes(512).IsEmpty));
    }

    private static IEnumerable<(string Text, int[] Ids)> Vectors(string model) => VectorFile(model).GetProperty("agreed").EnumerateArray()
        .Select(vector => (Text(vector, "text"), Ids(vector.GetProperty("ids"))));

    private static JsonElement VectorFile(string model) => Json($"models/{model}/tokenizer_vectors.json");

    private static JsonElement[] GoldenCases(string model) =>
        [.. Json($"models/{model}/golden.json").GetProperty("cases").EnumerateArray()];

    private static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(SharedData.Path(path))).RootElement;

    private static string Text(JsonElement value, string name) => value.GetProperty(name).GetString()!;

    private static int[] Ids(JsonElement value) => [.. value.EnumerateArray().Select(id => id.GetInt32())];
}
