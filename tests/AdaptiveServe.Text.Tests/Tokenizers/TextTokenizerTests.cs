using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

public class TextTokenizerTests
{
    [Theory, MemberData(nameof(TinyTokenizers.Names), MemberType = typeof(TinyTokenizers))]
    public void TryGetId_EveryPiece_FindsItsId(string name)
    {
        TextTokenizer tokenizer = TinyTokenizers.Load(name);
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            Assert.True(tokenizer.TryGetId(tokenizer.Piece(id), out int found));
            Assert.Equal(id, found);
        }
    }

    [Fact]
    public void TryGetId_NoSuchPiece_FindsNothing()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load("bytes");
        Assert.False(tokenizer.TryGetId("<nope>", out _));
        Assert.False(tokenizer.TryGetId("", out _));
    }

    [Fact]
    public void Piece_IdWithoutToken_IsEmpty()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load("bytes");
        Assert.All([-1, int.MinValue, tokenizer.VocabularySize, int.MaxValue], id =>
        {
            Assert.Equal(("", "", false), (tokenizer.Piece(id), tokenizer.Text(id), tokenizer.IsSpecial(id)));
            Assert.True(tokenizer.Bytes(id).IsEmpty);
        });
    }

    [Fact]
    public void Text_Token_IsWhatItsBytesSpell()
    {
        TextTokenizer bytes = TinyTokenizers.Load("bytes"), characters = TinyTokenizers.Load("characters");
        Assert.Equal([" the", "é", "\uFFFD", "<|end|>", "a"], Texts(bytes, "Ġthe", "Ã©", "ðŁĺ", "<|end|>", "a"));
        Assert.Equal([" the", "\n", "\uFFFD", "😀", "</s>"], Texts(characters, "▁the", "<0x0A>", "<0xF0>", "😀", "</s>"));
        Assert.Equal([0xF0, 0x9F, 0x98], bytes.Bytes(bytes.Id("ðŁĺ")).ToArray());

        static IEnumerable<string> Texts(TextTokenizer tokenizer, params string[] pieces) =>
            pieces.Select(piece => tokenizer.Text(tokenizer.Id(piece)));
    }

    /// <summary>The bytes of the tokens, joined, are those of the text: what clients of log-probabilities rely on.</summary>
    [Theory, MemberData(nameof(TinyTokenizers.Names), MemberType = typeof(TinyTokenizers))]
    public void Bytes_OfEncodedText_JoinToIt(string name)
    {
        TextTokenizer tokenizer = TinyTokenizers.Load(name);
        int[] ids = tokenizer.Encode(Tokenizers.Texts.AllScripts, addSpecialTokens: false);
        byte[] bytes = [.. ids.SelectMany(id => tokenizer.Bytes(id).ToArray())];
        string text = System.Text.Encoding.UTF8.GetString(bytes);
        Assert.Equal(Tokenizers.Texts.AllScripts, name == "bytes" ? text : text[1..]);
    }

    /// <summary>But for a vocabulary that cannot spell all texts.</summary>
    public static TheoryData<string> Spelling => [.. PublishedTokenizers.All.Where(name => name != "models/babyllama-105")];

    [Theory, MemberData(nameof(Spelling))]
    public void Decode_EncodedText_GivesItBack(string name)
    {
        TextTokenizer tokenizer = PublishedTokenizers.Get(name);
        Property.Check(Tokenizers.Texts.Any, text =>
        {
            text = tokenizer.Definition.Normalizer.Normalize(text);
            if (!tokenizer.Definition.StripsLeadingSpace) // otherwise spaces come and go around special tokens
                Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, addSpecialTokens: false), skipSpecialTokens: false));
            else if (!text.Contains('<') && !text.Contains('▁'))
                Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        }, cases: 300);
    }

    [Theory, MemberData(nameof(TinyTokenizers.Names), MemberType = typeof(TinyTokenizers))]
    public async Task Encode_ManyThreads_EachGetsTheSame(string name) => await EachGetsTheSame(TinyTokenizers.Load(name));

    [Theory, MemberData(nameof(PublishedTokenizers.Names), MemberType = typeof(PublishedTokenizers))]
    public async Task Encode_PublishedTokenizerOnManyThreads_EachGetsTheSame(string name) =>
        await EachGetsTheSame(PublishedTokenizers.Get(name));

    /// <summary>More words than any cache holds, and words for the slow path that is built on first use.</summary>
    private static async Task EachGetsTheSame(TextTokenizer tokenizer)
    {
        string[] texts =
            [.. Enumerable.Range(0, 60).Select(i => $"{Tokenizers.Texts.AllScripts} {i * 7919:x} {new string((char)('a' + i % 26), i * 9)}")];
        int[][][] ids = await OnManyThreads(texts, text => tokenizer.Encode(text));
        string[][] decoded = await OnManyThreads(ids[0], value => tokenizer.Decode(value));
        Assert.All(ids, result => Assert.Equal(texts.Select(text => tokenizer.Encode(text)), result));
        Assert.All(decoded, result => Assert.Equal(ids[0].Select(value => tokenizer.Decode(value)), result));

        static Task<TResult[][]> OnManyThreads<T, TResult>(T[] values, Func<T, TResult> convert) =>
            Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => values.Select(convert).ToArray())));
    }
}
