using System.Text.Json.Nodes;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>Where added tokens are found in a text; the expectations are those of Hugging Face's tokenizers library.</summary>
public class AddedTokenTests
{
    [Theory]
    [InlineData("a<|end|>b", new[] { "a", "<|end|>", "b" })]
    [InlineData("<|end|><|end|>", new[] { "<|end|>", "<|end|>" })]
    [InlineData("<|end|", new[] { "<", "|", "e", "n", "d", "|" })]
    [InlineData("<|<|end|>", new[] { "<", "|", "<|end|>" })]
    [InlineData("a <|end|> b", new[] { "a", "Ġ", "<|end|>", "Ġ", "b" })]
    public void Encode_Plain_FindsItAnywhere(string text, string[] pieces) =>
        Assert.Equal(pieces, TinyTokenizers.Load("bytes").Pieces(text));

    [Theory]
    [InlineData("<a><a><b>", new[] { "<a><a>", "<b>" })]
    [InlineData("<a><b>", new[] { "<a>", "<b>" })]
    [InlineData("x<a><a><a>", new[] { "x", "<a><a>", "<a>" })]
    public void Encode_SeveralStartAtOnePlace_TakesTheLongest(string text, string[] pieces) =>
        Assert.Equal(pieces, With(TinyTokenizers.ByteLevel(), Token("<a>"), Token("<a><a>"), Token("<b>")).Pieces(text));

    [Theory]
    [InlineData("a  <t> \n b", new[] { "a", "<t>", "b" })]
    [InlineData("<t> <t>", new[] { "<t>", "<t>" })]
    [InlineData(" <t>", new[] { "<t>" })]
    public void Encode_Strips_TakesWhiteSpaceAlong(string text, string[] pieces) =>
        Assert.Equal(pieces, With(TinyTokenizers.ByteLevel(), Token("<t>", left: true, right: true)).Pieces(text));

    [Theory]
    [InlineData("cat cats", new[] { "cat", "Ġ", "c", "a", "t", "s" })]
    [InlineData("cat's", new[] { "cat", "'", "s" })]
    [InlineData("_cat", new[] { "_", "c", "a", "t" })]
    [InlineData("cat\u0301", new[] { "c", "a", "t", "Ì", "ģ" })] // a mark belongs to the word
    [InlineData("1cat", new[] { "1", "c", "a", "t" })]
    [InlineData("cat-cat", new[] { "cat", "-", "cat" })]
    [InlineData("catcat", new[] { "c", "a", "t", "c", "a", "t" })]
    public void Encode_SingleWord_CountsWhereNoWordTouches(string text, string[] pieces) =>
        Assert.Equal(pieces, With(TinyTokenizers.ByteLevel(), Token("cat", word: true)).Pieces(text));

    /// <summary>The search goes on behind a longest token that does not stand alone; a shorter one in it is not tried.</summary>
    [Fact]
    public void Encode_SingleWordThatDoesNotCount_HidesShorterTokens() => Assert.Equal(
        ["c", "a", "t", "s", "y"], With(TinyTokenizers.ByteLevel(), Token("cats", word: true), Token("cat")).Pieces("catsy"));

    [Fact]
    public void Encode_Normalized_IsFoundInTheNormalizedText()
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        json["normalizer"] = TokenizerParts.Replace("X", "<t>");
        Assert.Equal(["a", "<t>"], With(json, Token("<t>", normalized: true)).Pieces("aX"));
        json = TinyTokenizers.ByteLevel();
        json["normalizer"] = TokenizerParts.Replace("X", "<t>");
        Assert.Equal(["a", "<", "t", ">"], With(json, Token("<t>")).Pieces("aX"));
    }

    [Fact]
    public void Encode_NormalizedAway_IsNeverFound()
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        json["normalizer"] = TokenizerParts.Replace("<t>", "");
        Assert.Equal(["a", "b"], With(json, Token("<t>", normalized: true)).Pieces("a<t>b"));
    }

    private static JsonObject Token(string content, bool left = false, bool right = false, bool word = false, bool normalized = false) =>
        TokenizerParts.Added(0, content, left: left, right: right, word: word, normalized: normalized);

    private static TextTokenizer With(JsonObject json, params JsonObject[] tokens)
    {
        JsonArray added = json["added_tokens"]!.AsArray();
        foreach (JsonObject token in tokens)
        {
            token["id"] = added[^1]!["id"]!.GetValue<int>() + 1;
            added.Add(token);
        }

        return TinyTokenizers.Load(json);
    }
}
