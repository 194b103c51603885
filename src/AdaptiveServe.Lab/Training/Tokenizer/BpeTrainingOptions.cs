using AdaptiveServe.Text.Tokenizers.Files;

namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>What <see cref="BpeTrainer"/> is asked for.</summary>
internal sealed record BpeTrainingOptions
{
    public const int MaxVocabularySize = 4096;

    /// <summary>One for each value of a byte.</summary>
    public const int Letters = 256;

    /// <summary>The words of Qwen2: as GPT-2's, with digits one by one and line breaks at the end of what they follow.</summary>
    public const string QwenWords =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Tokens in all, the special ones and the letters included; there are fewer if the texts have no more pairs.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>
    /// They take the ids from 0 on, and cut the texts: what they are made of is never learned. Two or more visible characters of ASCII
    /// each, so that none of them can spell a learned token.
    /// </summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = DemoTokens.All;

    /// <summary>Its matches, and what lies between them, are the words; no token reaches across two.</summary>
    public string Pattern { get; init; } = QwenWords;

    /// <summary>A pair that the texts hold less often is not worth a token.</summary>
    public int MinFrequency { get; init; } = 2;

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        int least = SpecialTokens.Count + Letters;
        Require(VocabularySize >= least && VocabularySize <= MaxVocabularySize,
            $"the vocabulary holds {least} to {MaxVocabularySize} tokens, not {VocabularySize}");
        Require(MinFrequency >= 1, $"the least frequency is 1 or more, not {MinFrequency}");
        Require(SpecialTokens.Distinct().Count() == SpecialTokens.Count, "a special token occurs twice");
        foreach (string token in SpecialTokens)
            Require(token.Length >= 2 && token.All(character => character is > ' ' and <= '~'),
                $"the special token '{token}' is not two or more visible characters of ASCII");
        Require(PatternDialect.FirstDifference(Pattern) is null,
            $"'{PatternDialect.FirstDifference(Pattern)}' in a pattern is read differently by other tools");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new ArgumentException(otherwise);
    }
}
