using System.Text.Json.Nodes;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

public class CharacterTokenizerTests
{
    private static readonly TextTokenizer Tokenizer = TinyTokenizers.Load("characters");

    [Theory]
    [InlineData("the", new[] { "▁the" })]
    [InlineData(" the", new[] { "▁", "▁the" })]
    [InlineData("the hello", new[] { "▁the", "▁hello" })]
    [InlineData("a   b", new[] { "▁", "a", "▁▁", "▁", "b" })]
    [InlineData("好好好", new[] { "▁", "好好", "好" })]
    [InlineData("\n", new[] { "▁", "<0x0A>" })]
    [InlineData("Жa", new[] { "▁", "<0xD0>", "<0x96>", "a" })]
    [InlineData("😀😁", new[] { "▁", "😀", "<0xF0>", "<0x9F>", "<0x98>", "<0x81>" })]
    [InlineData("▁the", new[] { "▁", "▁the" })]
    [InlineData("<0x0A>", new[] { "▁", "<0x3C>", "<0x30>", "x", "<0x30>", "<0x41>", "<0x3E>" })]
    [InlineData("", new string[0])]
    public void Encode_Text_MergesKnownCharactersAndSpellsOthersInBytes(string text, string[] pieces) =>
        Assert.Equal(pieces, Tokenizer.Pieces(text));

    [Fact]
    public void Encode_AfterSpecialToken_PutsASpaceBeforeEachText() =>
        Assert.Equal(["▁the", "</s>", "▁the", "<s>"], Tokenizer.Pieces("the</s>the<s>"));

    [Theory]
    [InlineData("never", false, "the</s>the", new[] { "the", "</s>", "the" })]
    [InlineData("first", false, "the</s>the", new[] { "▁the", "</s>", "the" })]
    [InlineData("always", false, "the</s>the", new[] { "▁the", "</s>", "▁the" })]
    [InlineData("always", false, " the  ", new[] { "▁the", "▁▁" })]
    [InlineData("first", false, "</s>the", new[] { "</s>", "the" })]
    [InlineData("first", false, "▁the", new[] { "▁the" })]
    [InlineData("always", true, "the  the", new[] { "▁the", "▁", "▁the" })]
    [InlineData("always", false, "a  a", new[] { "▁", "a", "▁▁", "a" })]
    [InlineData("always", true, "a  a", new[] { "▁", "a", "▁", "▁", "a" })]
    public void Encode_Metaspace_PutsSpacesWhereItsSchemeSays(string scheme, bool split, string text, string[] pieces)
    {
        JsonObject json = TinyTokenizers.Characters();
        json["normalizer"] = null;
        json["pre_tokenizer"] = TokenizerParts.Metaspace(scheme, split);
        Assert.Equal(pieces, TinyTokenizers.Load(json).Pieces(text));
    }

    [Theory]
    [InlineData(true, "aЖЖb", new[] { "▁", "a", "<unk>", "b" })]
    [InlineData(false, "aЖЖb", new[] { "▁", "a", "<unk>", "<unk>", "b" })]
    [InlineData(true, "ЖaЖ", new[] { "▁", "<unk>", "a", "<unk>" })]
    public void Encode_WithoutByteFallback_UsesTheUnknownToken(bool fuses, string text, string[] pieces)
    {
        JsonObject json = TinyTokenizers.Characters();
        json["model"]!["byte_fallback"] = false;
        json["model"]!["fuse_unk"] = fuses;
        json["decoder"]!["decoders"]!.AsArray().RemoveAt(1);
        Assert.Equal(pieces, TinyTokenizers.Load(json).Pieces(text));
    }

    [Fact]
    public void Decode_EncodedText_GivesItBack()
    {
        Property.Check(Texts.Any, text =>
        {
            if (text.Contains('▁') || text.Contains("<s>") || text.Contains("</s>")) return; // a special token loses the space after it
            Assert.Equal(text, Tokenizer.Decode(Tokenizer.Encode(text)));
        }, cases: 1000);
    }

    [Fact]
    public void Decode_Spaces_StripsTheFirstOnly() =>
        Assert.Equal("  the", Tokenizer.Decode([.. new[] { "▁", "▁▁", "the" }.Select(Tokenizer.Id)]));

    [Theory]
    [InlineData(new[] { "<0xE4>", "<0xBD>", "<0xA0>" }, "你")]
    [InlineData(new[] { "<0xE4>", "<0xBD>" }, "\uFFFD\uFFFD")]
    [InlineData(new[] { "<0xE4>", "<0xBD>", "a" }, "\uFFFD\uFFFDa")]
    [InlineData(new[] { "<0xFF>", "a" }, "\uFFFDa")]
    public void Decode_ByteTokens_JoinsThemToCharacters(string[] pieces, string text) =>
        Assert.Equal(text, Tokenizer.Decode([.. pieces.Select(Tokenizer.Id)]));
}
