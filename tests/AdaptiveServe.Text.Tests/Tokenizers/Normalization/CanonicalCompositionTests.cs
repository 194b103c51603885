using System.Text;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers.Normalization;

namespace AdaptiveServe.Text.Tests.Tokenizers.Normalization;

/// <summary>
/// The cases are of the kinds that Unicode's own conformance test holds, version 15.0.
/// </summary>
public class CanonicalCompositionTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("e\u0301", "é")]
    [InlineData("\u212B", "Å")] // singletons
    [InlineData("\u2126", "Ω")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("a\u0301\u0316", "á\u0316")] // the marks' order
    [InlineData("a\u0301\u0301", "á\u0301")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "à\u05AE\u0300\u0315b")]
    [InlineData("s\u0323\u0307", "\u1E69")] // composed twice
    [InlineData("s\u0307\u0323", "\u1E69")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307")]
    [InlineData("\u0958", "\u0915\u093C")] // excluded from composition
    [InlineData("\u0915\u093C", "\u0915\u093C")]
    [InlineData("\uFB1D", "\u05D9\u05B4")]
    [InlineData("\u1100\u1161", "가")] // Hangul
    [InlineData("\u1100\u1161\u11A8", "각")]
    [InlineData("가\u11A8", "각")]
    [InlineData("각\u11A8", "각\u11A8")]
    [InlineData("가\u11A7", "가\u11A7")]
    [InlineData("\uD55C\u0301", "한\u0301")]
    [InlineData("\U00011099\U000110BA", "\U0001109A")] // outside the basic plane
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    [InlineData("\u0301", "\u0301")] // nothing to attach to
    [InlineData("\u0B47\u0300\u0B3E", "\u0B47\u0300\u0B3E")] // blocked
    [InlineData("\u09C7\u09BE", "\u09CB")] // two characters of class 0
    public void Apply_Text_ComposesIt(string text, string composed) => Assert.Equal(composed, CanonicalComposition.Apply(text));

    [Fact]
    public void Apply_HalfAPair_IsReplacedWhereTheTextChanges()
    {
        Assert.Equal("\uFFFDé", CanonicalComposition.Apply("\uD800e\u0301"));
        Assert.Equal("\uD800", CanonicalComposition.Apply("\uD800"));
    }

    [Fact]
    public void Apply_AnyText_IsSettledAfterOnce()
    {
        Property.Check(Texts.Any, text =>
        {
            string composed = CanonicalComposition.Apply(text);
            Assert.Equal(composed, CanonicalComposition.Apply(composed));
            Assert.Equal(composed, CanonicalComposition.Apply(Decomposed(text)));
        }, cases: 1000);
    }

    [Fact]
    public void Apply_EverySyllable_ComesBackFromItsJamo()
    {
        for (char syllable = '가'; syllable <= '힣'; syllable++)
        {
            string jamo = Decomposed(syllable.ToString());
            Assert.InRange(jamo.Length, 2, 3);
            Assert.Equal(syllable.ToString(), CanonicalComposition.Apply(jamo));
        }
    }

    private static string Decomposed(string text)
    {
        var characters = new List<int>();
        foreach (Rune rune in text.EnumerateRunes()) CanonicalForms.Instance.Decompose(rune.Value, characters);
        return string.Concat(characters.Select(character => new Rune(character).ToString()));
    }
}
