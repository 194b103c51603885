using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers.Families;

namespace AdaptiveServe.Text.Tests.Tokenizers.Families;

public class WordSplitterTests
{
    private const string Qwen2Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly WordSplitter Gpt2 = new([WordPattern.Gpt2]);
    private static readonly WordSplitter Llama3 = new([new WordPattern(TinyTokenizers.Llama3Words)]);
    private static readonly WordSplitter Qwen2 = new([new WordPattern(Qwen2Words)]);

    [Theory]
    [InlineData("I'll  go", "I|'ll| | go")]
    [InlineData("WE'LL", "WE|'|LL")]
    [InlineData("a1234b", "a|1234|b")]
    [InlineData("x \n\n y", "x| \n\n| y")]
    [InlineData("no!!\n", "no|!!|\n")]
    public void Split_Gpt2_GivesItsWords(string text, string words) => Assert.Equal(words, Words(Gpt2, text));

    [Theory]
    [InlineData("I'll  go", "I|'ll| | go")]
    [InlineData("WE'LL", "WE|'LL")]
    [InlineData("a1234b", "a|123|4|b")]
    [InlineData("x \n\n y", "x| \n\n| y")]
    [InlineData("no!!\n", "no|!!\n")]
    [InlineData("(hi)", "(hi|)")]
    [InlineData("𝟘𝟙𝟚𝟛 𐐀𐐨", "𝟘𝟙𝟚|𝟛| 𐐀𐐨")] // digits and letters outside the basic plane
    [InlineData("a😀b", "a|😀b")]
    [InlineData("e\u0301e", "e|\u0301e")] // a mark is no letter
    [InlineData("\u3000\u00A0x", "\u3000|\u00A0x")]
    public void Split_Llama3_GivesItsWords(string text, string words) => Assert.Equal(words, Words(Llama3, text));

    [Theory]
    [InlineData("a1234b", "a|1|2|3|4|b")]
    [InlineData("𝟘𝟙", "𝟘|𝟙")]
    [InlineData("we'Ve 你好", "we|'Ve| 你好")]
    public void Split_Qwen2_GivesItsWords(string text, string words) => Assert.Equal(words, Words(Qwen2, text));

    [Theory]
    [InlineData(true, "ab|12|cd")]
    [InlineData(false, "12")]
    public void Split_Gaps_AreKeptOrDropped(bool keepsGaps, string words) =>
        Assert.Equal(words, Words(new WordSplitter([new WordPattern(@"\d+", keepsGaps)]), "ab12cd"));

    [Fact]
    public void Split_SeveralPatterns_CutWhatTheOnesBeforeLeft() =>
        Assert.Equal("a|1|2| b", Words(new WordSplitter([new WordPattern(@"\p{N}"), WordPattern.Gpt2]), "a12 b"));

    [Fact]
    public void Split_PatternThatMatchesNothing_LeavesTheText() =>
        Assert.Equal("abc", Words(new WordSplitter([new WordPattern("x*")]), "abc"));

    /// <summary>Each character outside the basic plane counts as one of its own category inside it.</summary>
    [Fact]
    public void Split_AnyText_KeepsPairsWholeAndAllOfTheText()
    {
        Property.Check(Texts.AnyOrBroken, text =>
        {
            int end = 0;
            foreach ((int start, int length) in Llama3.Split(text))
            {
                Assert.Equal(end, start);
                end = start + length;
                if (end < text.Length) Assert.False(char.IsSurrogatePair(text, end - 1));
            }

            Assert.Equal(text.Length, end);
        }, cases: 500);
    }

    private static string Words(WordSplitter splitter, string text) =>
        string.Join('|', splitter.Split(text).Select(word => text.Substring(word.Start, word.Length)));
}
