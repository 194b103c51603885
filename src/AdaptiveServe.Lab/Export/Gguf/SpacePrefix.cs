using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>
/// What a tokenizer of the SentencePiece kind does with spaces, found out by trying: llama.cpp writes them as U+2581, puts one before each
/// text if <c>add_space_prefix</c> says so, and changes nothing else.
/// </summary>
internal static class SpacePrefix
{
    private const string Sample = "a  b e\u0301 \uFB01";
    private const string Written = "a\u2581\u2581b\u2581e\u0301\u2581\uFB01";

    /// <summary>Whether a text gets a space put before it.</summary>
    /// <exception cref="LabException">The tokenizer does something else to texts.</exception>
    public static bool IsAdded(TokenizerDefinition tokenizer, List<string> notes)
    {
        string first = Spaced(tokenizer, Sample, isFirst: true);
        bool isAdded = first == "\u2581" + Written;
        if (!isAdded && first != Written)
            throw new LabException($"{tokenizer.File}: it changes texts in a way that llama.cpp does not: '{Sample}' to '{first}'");
        if (tokenizer.Metaspace is { Cuts: true } metaspace && tokenizer.Merges.Any(merge => JoinsWords(merge.Right)))
            throw new LabException($"{tokenizer.File}: it merges within words only, and llama.cpp across '{metaspace.Space}' too");
        if (Spaced(tokenizer, Sample, isFirst: false) != first)
            notes.Add("llama.cpp puts a space before each text that follows a special token, not only at the beginning");
        else if (isAdded && Spaced(tokenizer, " a", isFirst: true) == "\u2581a")
            notes.Add("llama.cpp puts a space before texts that begin with one, too");
        return isAdded;

        bool JoinsWords(int piece) => tokenizer.Vocabulary[piece]!.Contains(metaspace.Space, StringComparison.Ordinal);
    }

    private static string Spaced(TokenizerDefinition tokenizer, string text, bool isFirst)
    {
        string normalized = tokenizer.Normalizer.Normalize(text);
        return tokenizer.Metaspace is { } metaspace ? metaspace.Apply(normalized, isFirst) : normalized;
    }
}
