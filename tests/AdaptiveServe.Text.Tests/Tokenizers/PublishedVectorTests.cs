using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>The published tokenizers against published vectors: texts of many scripts, and their ids without a first token.</summary>
public class PublishedVectorTests
{
    public static TheoryData<string, string> Vectors => new()
    {
        { "tokenizers/gpt-2", "gpt-2" },
        { "tokenizers/llama-bpe", "llama-bpe" },
        { "tokenizers/qwen2", "qwen2" },
        { "tokenizers/llama-2", "llama-spm" },
        { "tokenizers/llama-2/tokenizer.model", "llama-spm" },
        { "tokenizers/phi-3", "phi-3" },
    };

    /// <summary>Computed with Hugging Face's tokenizers library (Rust), no first token added.</summary>
    public static TheoryData<string, string, int[]> LibraryVectors => new()
    {
        { "tokenizers/minimind", "Hello, world!", [42, 392, 338, 14, 1636, 3] },
        { "tokenizers/minimind", "你好，世界！ 1234", [5134, 270, 2219, 2207, 4937, 21, 22] },
        {
            "tokenizers/minimind", " é e\u0301\n\n😀👍🏽",
            [223, 4100, 311, 139, 226, 201, 201, 175, 256, 249, 225, 175, 256, 242, 238, 175, 256, 240, 124]
        },
        {
            "tokenizers/minimind", "<s>user\n你是谁？</s>\n<s>assistant\n",
            [1, 320, 275, 201, 608, 345, 705, 226, 814, 2, 201, 1, 1078, 538, 501, 201]
        },
        {
            "tokenizers/phi-3", "<|user|>\nHello <|end|>\n\n <|assistant|> x",
            [32010, 29871, 13, 10994, 29871, 32007, 29871, 13, 13, 29871, 32001, 921]
        },
        {
            "tokenizers/llama-bpe", "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>",
            [128000, 128006, 882, 128007, 271, 13347, 128009]
        },
        { "tokenizers/qwen2", "e\u0301\u0316<|im_end|>\u212B", [963, 136, 244, 151645, 144044] },
    };

    [Theory, MemberData(nameof(Vectors))]
    public void Encode_PublishedVectors_GivesTheirIds(string tokenizer, string vectors)
    {
        TextTokenizer loaded = PublishedTokenizers.Get(tokenizer);
        (string Text, int[] Ids)[] cases = Read(vectors);
        Assert.InRange(cases.Length, 46, 47);
        Assert.All(cases, vector => Assert.Equal(vector.Ids, loaded.Encode(vector.Text, addSpecialTokens: false)));
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Decode_PublishedVectors_GivesTheirTexts(string tokenizer, string vectors)
    {
        TextTokenizer loaded = PublishedTokenizers.Get(tokenizer);
        Assert.All(Read(vectors), vector => Assert.Equal(vector.Text, loaded.Decode(vector.Ids)));
    }

    [Theory, MemberData(nameof(LibraryVectors))]
    public void Encode_LibraryVectors_GivesTheirIds(string tokenizer, string text, int[] ids) =>
        Assert.Equal(ids, PublishedTokenizers.Get(tokenizer).Encode(text, addSpecialTokens: false));

    [Theory]
    [InlineData("tokenizers/gpt-2", new int[0])]
    [InlineData("tokenizers/llama-2", new[] { 1 })]
    [InlineData("tokenizers/llama-2/tokenizer.model", new[] { 1 })]
    [InlineData("tokenizers/phi-3", new[] { 1 })]
    [InlineData("tokenizers/minimind", new int[0])]
    public void Encode_EmptyText_GivesThePrefix(string tokenizer, int[] prefix)
    {
        TextTokenizer loaded = PublishedTokenizers.Get(tokenizer);
        Assert.Equal(prefix, loaded.Encode(""));
        Assert.Equal(prefix, loaded.Prefix);
        Assert.Empty(loaded.Suffix);
    }

    /// <summary>SentencePiece's scores become the very list of merges that Hugging Face's conversion writes.</summary>
    [Fact]
    public void Load_Llama2Model_HasTheMergesOfTokenizerJson()
    {
        TokenizerDefinition json = PublishedTokenizers.Get("tokenizers/llama-2").Definition;
        Assert.Equal(json.Merges, PublishedTokenizers.Get("tokenizers/llama-2/tokenizer.model").Definition.Merges);
    }

    private static (string Text, int[] Ids)[] Read(string vectors)
    {
        string input = File.ReadAllText(SharedData.Path($"tokenizers/vectors/{vectors}.inp"));
        string[] texts = input.Split("\n__ggml_vocab_test__\n")[..^1];
        int[][] ids = [.. File.ReadAllLines(SharedData.Path($"tokenizers/vectors/{vectors}.out")).Select(Ids)];
        Assert.Equal(ids.Length, texts.Length);
        return [.. texts.Zip(ids)];
    }

    private static int[] Ids(string line) => [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
