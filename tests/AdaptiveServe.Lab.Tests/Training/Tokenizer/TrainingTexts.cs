using System.Text;
using CsCheck;

namespace AdaptiveServe.Lab.Tests.Training.Tokenizer;

/// <summary>Texts to learn from and to encode.</summary>
internal static class TrainingTexts
{
    private static readonly string[] Snippets =
    [
        " ", "  ", "\n", "\r\n", "\t", "a", "b", "ab", "aaa", "abab", " the", "hello", "'ll", "2024", "é", "e\u0301",
        "Ж", "你好", "😀", "Ġ", "<|end|>", "<|user|>", "<|", "!?", "\0", "\uFFFD",
    ];

    private static readonly Gen<string> Character =
        Gen.OneOf(Gen.Int[0, 0xD7FF], Gen.Int[0xE000, 0x10FFFF], Gen.Int[0x20, 0x7E]).Select(value => new Rune(value).ToString());

    /// <summary>Valid Unicode of many scripts.</summary>
    public static readonly Gen<string> Any = Gen.OneOf(Gen.OneOfConst(Snippets), Character).Array[0, 30].Select(string.Concat);

    /// <summary>Few letters, so that pairs overlap, tie, and spell the same token in several ways.</summary>
    public static readonly Gen<string[]> FewLetters =
        Gen.OneOfConst("a", "a", "b", "ab", "aa", " ", "c", "é", "7", "<|end|>").Array[0, 60].Select(string.Concat).Array[1, 8];

    public static readonly string[] English =
    [
        "The cat sat on the mat. The cat was there, and then the mat was the cat's mat.",
        "In 2024 there were 1234 cats; in 2025 there were 5678 of them, and 90 mats.",
        "<|user|>Where is the cat?<|end|><|assistant|>The cat is on the mat.<|end|>",
    ];
}
