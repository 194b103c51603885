using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Text.Tokenizers.Families;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>llama.cpp knows ways to cut text into words by name only; a file holds no patterns.</summary>
internal static class PreTokenizer
{
    private const string Llama3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen2 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Digit = @"\p{N}";

    /// <summary>The value of <c>tokenizer.ggml.pre</c> for a byte-level tokenizer.</summary>
    /// <exception cref="LabException">There is no name for its patterns, or none with its way of merging.</exception>
    public static string NameOf(TokenizerDefinition tokenizer)
    {
        string[] patterns = [.. tokenizer.ByteLevelWords!.Patterns.Select(pattern => pattern.Pattern)];
        return (patterns, tokenizer.IgnoreMerges) switch
        {
            ([Llama3], true) => "llama-bpe",
            ([Llama3], false) => "smaug-bpe", // the same words, merged without exception
            ([Qwen2], false) => "qwen2",
            ([Digit, _], false) when patterns[1] == WordPattern.Gpt2.Pattern => "smollm",
            ([_], false) when patterns[0] == WordPattern.Gpt2.Pattern => "gpt-2",
            (_, var ignoresMerges) => throw new LabException(
                $"{tokenizer.File}: llama.cpp has no pre-tokenizer {Describe(patterns)}{(ignoresMerges ? " with ignore_merges" : "")}"),
        };
    }

    private static string Describe(string[] patterns) => patterns.Length == 0 ? "without patterns" : string.Join(", then ", patterns);
}
