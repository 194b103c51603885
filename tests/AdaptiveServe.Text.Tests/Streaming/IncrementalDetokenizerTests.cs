using System.Text;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Streaming;
using AdaptiveServe.Text.Tests.Tokenizers;
using AdaptiveServe.Text.Tokenizers;
using CsCheck;

namespace AdaptiveServe.Text.Tests.Streaming;

public class IncrementalDetokenizerTests
{
    [Theory, MemberData(nameof(TinyTokenizers.Names), MemberType = typeof(TinyTokenizers))]
    public void Append_AnyIds_JoinsToTheDecodedText(string name) => JoinsToTheDecodedText(TinyTokenizers.Load(name), cases: 3000);

    [Theory, MemberData(nameof(PublishedTokenizers.Names), MemberType = typeof(PublishedTokenizers))]
    public void Append_AnyIdsOfAPublishedTokenizer_JoinsToTheDecodedText(string name) =>
        JoinsToTheDecodedText(PublishedTokenizers.Get(name), cases: 500);

    [Theory, MemberData(nameof(TinyTokenizers.Names), MemberType = typeof(TinyTokenizers))]
    public void Append_AllScripts_JoinsToThem(string name) => JoinsToAllScripts(TinyTokenizers.Load(name));

    [Theory, MemberData(nameof(TextTokenizerTests.Spelling), MemberType = typeof(TextTokenizerTests))]
    public void Append_AllScriptsOnAPublishedTokenizer_JoinsToThem(string name) => JoinsToAllScripts(PublishedTokenizers.Get(name));

    [Fact]
    public void Append_BytesOfAFamilyEmoji_GivesOneCharacterAtATime()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load("bytes");
        var detokenizer = new IncrementalDetokenizer(tokenizer);
        string[] texts = [.. Encoding.UTF8.GetBytes("👨‍👩é").Select(value => detokenizer.Append(value))];
        Assert.Equal(["", "", "", "👨", "", "", "\u200D", "", "", "", "👩", "", "é"], texts);
        Assert.Equal("", detokenizer.Flush());
    }

    [Fact]
    public void Append_ByteFallbackTokens_GivesWholeCharacters()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load("characters");
        var detokenizer = new IncrementalDetokenizer(tokenizer);
        string[] pieces = ["▁", "<0xE4>", "<0xBD>", "<0xA0>", "<0xE4>", "a", "<0xFF>", "▁the"];
        Assert.Equal(
            ["", "", "", "你", "", "\uFFFDa", "\uFFFD", " the"], pieces.Select(piece => detokenizer.Append(tokenizer.Id(piece))));
    }

    [Fact]
    public void Flush_IncompleteCharacter_GivesReplacements()
    {
        TextTokenizer bytes = TinyTokenizers.Load("bytes"), characters = TinyTokenizers.Load("characters");
        Assert.Equal("\uFFFD", Flushed(bytes, "ðŁĺ"));
        Assert.Equal("\uFFFD\uFFFD\uFFFD", Flushed(characters, "<0xF0>", "<0x9F>", "<0x98>"));

        static string Flushed(TextTokenizer tokenizer, params string[] pieces)
        {
            var detokenizer = new IncrementalDetokenizer(tokenizer);
            Assert.All(pieces, piece => Assert.Equal("", detokenizer.Append(tokenizer.Id(piece))));
            string text = detokenizer.Flush();
            Assert.Equal("", detokenizer.Flush());
            return text;
        }
    }

    [Fact]
    public void Append_CharacterBegunInThePrompt_IsGivenWhole()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load("bytes");
        var detokenizer = new IncrementalDetokenizer(tokenizer, [.. Encoding.UTF8.GetBytes("Hello 😀")[..^2]]);
        Assert.Equal(["", "😀"], new[] { 0x98, 0x80 }.Select(detokenizer.Append));
    }

    [Fact]
    public void Append_FirstSpace_IsStrippedOnceAtTheBeginningOnly()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load("characters");
        int the = tokenizer.Id("▁the"), bos = tokenizer.Id("<s>"), space = tokenizer.Id("▁");
        Assert.Equal(["the", " the"], Appended([], the, the));
        Assert.Equal(["the"], Appended([bos], the)); // the special token is no text
        Assert.Equal([" the"], Appended([bos, space], the)); // nor is the space that was stripped, but it comes first
        Assert.Equal([" the"], Appended([bos, the], the));
        Assert.Equal(["", "the"], Appended([], bos, the));

        string[] Appended(int[] prompt, params int[] ids)
        {
            var detokenizer = new IncrementalDetokenizer(tokenizer, prompt);
            return [.. ids.Select(detokenizer.Append)];
        }
    }

    [Fact]
    public void Append_SpecialTokens_SkipsThemOnlyWhereAsked()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load("bytes");
        int[] ids = [tokenizer.Id("<|begin|>"), 'a', tokenizer.Id("<|end|>"), -5, int.MaxValue];
        var skipping = new IncrementalDetokenizer(tokenizer);
        Assert.Equal(["", "a", "", "", ""], ids.Select(skipping.Append));
        var showing = new IncrementalDetokenizer(tokenizer, skipSpecialTokens: false);
        Assert.Equal(["<|begin|>", "a", "<|end|>", "", ""], ids.Select(showing.Append));
    }

    private static void JoinsToAllScripts(TextTokenizer tokenizer)
    {
        string text = tokenizer.Definition.Normalizer == TextNormalizer.None || tokenizer.Definition.StripsLeadingSpace
            ? Texts.AllScripts
            : tokenizer.Definition.Normalizer.Normalize(Texts.AllScripts);
        var detokenizer = new IncrementalDetokenizer(tokenizer);
        string[] texts = [.. tokenizer.Encode(text).Select(detokenizer.Append)];
        Assert.All(texts, AssertWhole);
        Assert.Equal(text, string.Concat(texts) + detokenizer.Flush());
    }

    /// <summary>Cut anywhere into a prompt, a completion and the completion after that.</summary>
    private static void JoinsToTheDecodedText(TextTokenizer tokenizer, int cases)
    {
        Gen<int> anyId = Gen.OneOf(Gen.Int[-2, tokenizer.VocabularySize + 2], Gen.Int[0, Math.Min(300, tokenizer.VocabularySize)]);
        Gen<(int[] Ids, int Cut, bool Skips)> cases_ = Gen.Select(anyId.Array[0, 30], Gen.Int[0, 30], Gen.Bool);
        Property.Check(cases_, value =>
        {
            int cut = Math.Min(value.Cut, value.Ids.Length);
            var prompt = new IncrementalDetokenizer(tokenizer, skipSpecialTokens: value.Skips);
            string[] before = [.. value.Ids[..cut].Select(prompt.Append)];
            var completion = new IncrementalDetokenizer(tokenizer, value.Ids.AsSpan(0, cut), value.Skips);
            string[] after = [.. value.Ids[cut..].Select(completion.Append), completion.Flush()];

            Assert.All([.. before, .. after], AssertWhole);
            Assert.Equal(tokenizer.Decode(value.Ids, value.Skips), string.Concat(before) + string.Concat(after));
        }, cases);
    }

    private static void AssertWhole(string text)
    {
        for (int i = 0; i < text.Length; i++)
            Assert.True(!char.IsSurrogate(text[i]) || char.IsSurrogatePair(text, i++), "half a character");
    }
}
