using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Training.Tokenizer;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.ChatTemplates;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Lab.Tests.Training.Tokenizer;

public sealed class TrainedTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrainedTokenizer _trained = BpeTrainer.Train(TrainingTexts.English, new() { VocabularySize = 400 });

    [Fact]
    public void Save_LoadedAgain_DecodesWhatItEncodes()
    {
        TextTokenizer tokenizer = SaveAndLoad(_trained);

        Property.Check(TrainingTexts.Any, text =>
        {
            int[] ids = tokenizer.Encode(text);
            Assert.Equal(text, tokenizer.Decode(ids, skipSpecialTokens: false));
            Assert.All(ids, id => Assert.InRange(id, 0, _trained.VocabularySize - 1));
        }, cases: 1000);
    }

    [Fact]
    public void Save_LoadedAgain_HasTheLearnedTokensAndTheirParts()
    {
        TextTokenizer tokenizer = SaveAndLoad(_trained);

        Assert.Equal(_trained.Pieces, Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.Piece));
        Assert.Equal(DemoTokens.All, Enumerable.Range(0, 6).Select(tokenizer.Piece));
        Assert.All(Enumerable.Range(0, 6), id => Assert.True(tokenizer.IsSpecial(id)));
        Assert.Null(tokenizer.BosId);
        Assert.Equal(0, tokenizer.EosId);
        Assert.Equal(DemoTokens.Pad, tokenizer.PadToken);
        Assert.Empty(tokenizer.Prefix.Concat(tokenizer.Suffix));
    }

    [Fact]
    public void Save_LoadedAgain_EncodesLearnedWordsAsOneTokenAndDigitsSingly()
    {
        TextTokenizer tokenizer = SaveAndLoad(_trained);

        Assert.Equal(["The", "Ġcat"], tokenizer.Encode("The cat").Select(tokenizer.Piece));
        Assert.Equal(["2", "0", "2", "4"], tokenizer.Encode("2024").Select(tokenizer.Piece));
        Assert.Equal([3, .. tokenizer.Encode("cat"), 0], tokenizer.Encode("<|user|>cat<|end|>"));
    }

    [Fact]
    public void Save_RandomTexts_LoadsWhateverWasLearned()
    {
        Property.Check(TrainingTexts.FewLetters, texts =>
        {
            TrainedTokenizer trained = BpeTrainer.Train(texts, new() { VocabularySize = 500, MinFrequency = 1 });
            TextTokenizer tokenizer = SaveAndLoad(trained);
            Assert.All(texts, text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text), skipSpecialTokens: false)));
        }, cases: 50);
    }

    [Fact]
    public void Save_Twice_WritesTheSameBytes()
    {
        _trained.Save(_folder.Path);
        byte[] first = File.ReadAllBytes(_folder.File("tokenizer.json"));

        BpeTrainer.Train(TrainingTexts.English, new() { VocabularySize = 400 }).Save(_folder.Path);

        Assert.Equal(first, File.ReadAllBytes(_folder.File("tokenizer.json")));
        Assert.Equal(["tokenizer.json", "tokenizer_config.json"], _folder.Names());
    }

    [Fact]
    public void Save_QwenPattern_IsTheOneOfQwen()
    {
        JsonNode? Split(string path) => JsonNode.Parse(File.ReadAllText(path))!["pre_tokenizer"]!["pretokenizers"]![0];
        _trained.Save(_folder.Path);

        JsonNode? qwen = Split(SharedData.Path("tokenizers/qwen2/tokenizer.json"));

        Assert.True(JsonNode.DeepEquals(qwen, Split(_folder.File("tokenizer.json"))));
    }

    [Fact]
    public void Save_Config_SaysWhatOtherToolsAsk()
    {
        _trained.Save(_folder.Path, modelMaxLength: 512);

        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder.File("tokenizer_config.json")))!;

        Assert.Equal("PreTrainedTokenizerFast", (string?)config["tokenizer_class"]);
        Assert.Equal(512, (int)config["model_max_length"]!);
        Assert.Equal("<|tool|>", (string?)config["added_tokens_decoder"]!["5"]!["content"]);
        Assert.Equal(DemoChatTemplate.Source, ChatTemplateLoader.Load(_folder.Path)!.Default.Source);
    }

    [Fact]
    public void Save_OtherSpecialTokens_NamesNoPartsAndNoTemplate()
    {
        TextTokenizer tokenizer = SaveAndLoad(BpeTrainer.Train(["ab"], new() { VocabularySize = 300, SpecialTokens = ["<s>"] }));

        Assert.Null(tokenizer.EosId);
        Assert.Null(ChatTemplateLoader.Load(_folder.Path));
    }

    [Fact]
    public void Save_NoFolder_IsRefused() => Assert.Throws<LabException>(() => _trained.Save(_folder.File("absent")));

    public void Dispose() => _folder.Dispose();

    private TextTokenizer SaveAndLoad(TrainedTokenizer trained)
    {
        trained.Save(_folder.Path);
        return TokenizerLoader.Load(_folder.Path);
    }
}
