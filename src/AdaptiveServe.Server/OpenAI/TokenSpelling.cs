using System.Text;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Server.OpenAI;

/// <summary>How log-probabilities write a token.</summary>
internal static class TokenSpelling
{
    /// <summary>The token's text, with U+FFFD for bytes that are only a part of a character; special tokens by their name.</summary>
    public static string Text(TextTokenizer tokenizer, int id) =>
        tokenizer.IsSpecial(id) ? tokenizer.Piece(id) : Encoding.UTF8.GetString(tokenizer.Bytes(id).Span);
}
