using System.Text;
using CsCheck;

namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>Texts of many scripts for property tests.</summary>
internal static class Texts
{
    public const string FamilyEmoji = "👨‍👩‍👧‍👦";

    /// <summary>All scripts at once, with emoji joined of several, flags, marks, and characters outside the basic plane.</summary>
    public const string AllScripts =
        "Hello, wörld! Привет мир. שלום עולם. مرحبا. नमस्ते दुनिया. ไทย 你好世界，こんにちは 한국어 "
        + $"e\u0301 𝒜𐐀𠮷 {FamilyEmoji}🏳️‍🌈🇩🇪👍🏽 1234²½Ⅷ \t\r\n\u00A0\u3000";

    private static readonly string[] Snippets =
    [
        " ", "  ", "\n", "\r\n", "\t", "a", "the", " the", "hello", "Hello", "'s", "'LL", "12", "1234",
        "é", "e\u0301", "\u0316\u0301", "ß", "Ж", "ש", "م", "न", "स्ते", "ก", "你", "好好", "한",
        "\u1112\u1161\u11AB", "😀", FamilyEmoji, "🇩🇪", "👍🏽", "𝒜",
        "𝟘", "𠮷", "▁", "Ġ", "<s>", "</s>", "<|end|>", "<tool>", "<0x0A>",
        "<", "!?", "_", "\0", "\u200D", "\uFFFD", "\uFFFF", "²", "\u0085", "\u2028",
    ];

    private static readonly Gen<string> Character =
        Gen.OneOf(Gen.Int[0, 0xD7FF], Gen.Int[0xE000, 0x10FFFF], Gen.Int[0x20, 0x7E]).Select(value => new Rune(value).ToString());

    private static readonly Gen<string> HalfAPair = Gen.Int[0xD800, 0xDFFF].Select(value => ((char)value).ToString());

    /// <summary>Valid Unicode.</summary>
    public static readonly Gen<string> Any = Gen.OneOf(Gen.OneOfConst(Snippets), Character).Array[0, 30].Select(string.Concat);

    /// <summary>The same, and halves of surrogate pairs.</summary>
    public static readonly Gen<string> AnyOrBroken =
        Gen.OneOf(Gen.OneOfConst(Snippets), Character, HalfAPair).Array[0, 20].Select(string.Concat);
}
