using System.Buffers;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Streaming;

/// <summary>
/// Turns the tokens of one sequence into text as they come, whole characters only. The text of the prompt and the texts given here,
/// joined, are <see cref="TextTokenizer.Decode"/> of all ids. One sequence, one thread at a time.
/// </summary>
/// <remarks>
/// Only a text's first space belongs to the encoding, so a completion keeps the space it begins with. A character that the prompt's last
/// tokens left incomplete is given whole once it is complete.
/// </remarks>
public sealed class IncrementalDetokenizer
{
    private const int LongestCharacter = 4;

    private readonly TextTokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly Utf8Assembler _assembler;
    private readonly ArrayBufferWriter<char> _settled = new(16);
    private bool _stripsNextSpace;

    /// <param name="tokenizer">The tokenizer of the model.</param>
    /// <param name="promptIds">What comes before the first token to append; it may be empty and is not kept.</param>
    /// <param name="skipSpecialTokens">Whether special tokens contribute no text.</param>
    public IncrementalDetokenizer(TextTokenizer tokenizer, ReadOnlySpan<int> promptIds = default, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
        _assembler = tokenizer.CreateAssembler();
        _stripsNextSpace = tokenizer.StripsLeadingSpace;
        Resume(promptIds);
    }

    /// <summary>Takes the next token in; returns the text that is settled by it, often empty.</summary>
    public string Append(int id)
    {
        if (_skipSpecialTokens && _tokenizer.IsSpecial(id)) return "";
        if (!_assembler.IsWaiting && !_stripsNextSpace && _tokenizer.WholeText(id) is { } text) return text;
        _assembler.Append(_tokenizer.Bytes(id).Span, _settled);
        return TakeSettled();
    }

    /// <summary>Ends the text; returns what was held back, with U+FFFD for an incomplete character.</summary>
    public string Flush()
    {
        _assembler.Flush(_settled);
        return TakeSettled();
    }

    /// <summary>
    /// Puts the state where it is after the prompt. Its last bytes decide that, so a long prompt costs no more than a short one.
    /// </summary>
    private void Resume(ReadOnlySpan<int> promptIds)
    {
        int first = promptIds.Length;
        for (int bytes = 0; first > 0 && bytes < LongestCharacter;)
        {
            int id = promptIds[--first];
            if (!(_skipSpecialTokens && _tokenizer.IsSpecial(id))) bytes += _tokenizer.Bytes(id).Length;
        }

        foreach (int id in promptIds[first..]) Append(id);
    }

    private string TakeSettled()
    {
        ReadOnlySpan<char> settled = _settled.WrittenSpan;
        if (settled.IsEmpty) return "";
        string text = (_stripsNextSpace && settled[0] == ' ' ? settled[1..] : settled).ToString();
        _stripsNextSpace = false;
        _settled.ResetWrittenCount();
        return text;
    }
}
