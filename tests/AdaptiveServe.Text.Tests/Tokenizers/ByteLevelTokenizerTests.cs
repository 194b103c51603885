using System.Text.Json.Nodes;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

public class ByteLevelTokenizerTests
{
    private static readonly TextTokenizer Tokenizer = TinyTokenizers.Load("bytes");

    [Theory]
    [InlineData("hello the", new[] { "hello", "Ġthe" })]
    [InlineData("shello", new[] { "s", "hello" })]
    [InlineData("hell yes", new[] { "hell", "Ġ", "y", "e", "s" })]
    [InlineData("  the", new[] { "Ġ", "Ġthe" })]
    [InlineData("12345", new[] { "123", "4", "5" })]
    [InlineData("aaaaaaa", new[] { "aaaa", "aa", "a" })]
    [InlineData("\n\n\n", new[] { "ĊĊ", "Ċ" })]
    [InlineData("é", new[] { "Ã©" })]
    [InlineData("你", new[] { "ä½ł" })]
    [InlineData("😀", new[] { "ðŁĺ", "Ģ" })]
    public void Encode_Text_MergesByRankWithinWords(string text, string[] pieces) => Assert.Equal(pieces, Tokenizer.Pieces(text));

    [Fact]
    public void Encode_WithSpecialTokens_PutsTheTemplateAround() =>
        Assert.Equal(["<|begin|>", "hello"], Tokenizer.Encode("hello").Select(Tokenizer.Piece));

    [Fact]
    public void Encode_SequenceOfPostProcessors_AddsWhatEachAdds()
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        json["post_processor"] = TokenizerParts.Sequence(
            "processors", TokenizerParts.ByteLevelStep(usesRegex: false), TokenizerParts.Template(("a", 97), ("b", 98)));
        Assert.Equal([97, 98, 120], TinyTokenizers.Load(json).Encode("x"));
    }

    [Fact]
    public void Encode_IgnoreMerges_TakesAWordThatIsAPieceWhole()
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        int id = json["model"]!["vocab"]!.AsObject().Count + 3;
        json["model"]!["vocab"]!["world"] = id;
        Assert.Equal(["w", "or", "l", "d"], TinyTokenizers.Load(json).Pieces("world"));
        json["model"]!["ignore_merges"] = true;
        Assert.Equal(["world"], TinyTokenizers.Load(json).Pieces("world"));
    }

    [Fact]
    public void Encode_NewFormatOfMerges_IsTheSame()
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        IEnumerable<string[]> pairs = json["model"]!["merges"]!.AsArray().Select(merge => merge!.GetValue<string>().Split(' '));
        json["model"]!["merges"] = new JsonArray([.. pairs.Select(pair => new JsonArray(pair[0], pair[1]))]);
        Assert.Equal(Tokenizer.Encode(Texts.AllScripts), TinyTokenizers.Load(json).Encode(Texts.AllScripts));
    }

    [Fact]
    public void Encode_FormC_ComposesTheText()
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        json["normalizer"] = new JsonObject { ["type"] = "NFC" };
        TextTokenizer tokenizer = TinyTokenizers.Load(json);
        Assert.Equal(["Ã©"], tokenizer.Pieces("e\u0301"));
        Assert.Equal(["e", "Ì", "ģ"], Tokenizer.Pieces("e\u0301"));
    }

    [Fact]
    public void Encode_BrokenText_ReadsHalvesOfPairsAsReplacement() =>
        Property.Check(
            Texts.AnyOrBroken, text => Assert.Equal(Tokenizer.Encode(WithReplacements(text)), Tokenizer.Encode(text)), cases: 500);

    [Fact]
    public void Decode_EncodedText_GivesItBack()
    {
        Property.Check(Texts.Any, text =>
        {
            int[] ids = Tokenizer.Encode(text, addSpecialTokens: false);
            Assert.Equal(text, Tokenizer.Decode(ids, skipSpecialTokens: false));
        }, cases: 1000);
    }

    [Theory]
    [InlineData(new[] { 0xE4, 0xBD, 0xA0 }, "你")]
    [InlineData(new[] { 0xE4, 0xBD }, "\uFFFD")]
    [InlineData(new[] { 0xE4, 0xBD, 'a' }, "\uFFFDa")]
    [InlineData(new[] { 0xA0, 0xFF, 'a' }, "\uFFFD\uFFFDa")]
    [InlineData(new[] { 0xF0, 0x9F, 0xF0, 0x9F, 0x98, 0x80 }, "\uFFFD😀")]
    [InlineData(new[] { 0xED, 0xA0, 0x80 }, "\uFFFD\uFFFD\uFFFD")]
    [InlineData(new[] { 0xC0, 0x80 }, "\uFFFD\uFFFD")]
    public void Decode_InvalidBytes_ReplacesEachLongestBeginning(int[] ids, string text) => Assert.Equal(text, Tokenizer.Decode(ids));

    [Fact]
    public void Decode_SpecialTokens_SkipsThemOnlyWhereAsked()
    {
        int[] ids = Tokenizer.Encode("<|end|>hello<tool>");
        Assert.Equal("hello<tool>", Tokenizer.Decode(ids));
        Assert.Equal("<|begin|><|end|>hello<tool>", Tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Decode_IdsWithoutToken_GivesNothing() =>
        Assert.Equal("ab", Tokenizer.Decode([97, -1, Tokenizer.VocabularySize, int.MaxValue, int.MinValue, 98]));

    private static string WithReplacements(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
}
