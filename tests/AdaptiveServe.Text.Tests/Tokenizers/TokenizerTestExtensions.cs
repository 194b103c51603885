using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

internal static class TokenizerTestExtensions
{
    /// <summary>The pieces that a text is cut into, without what the tokenizer puts around it.</summary>
    public static string[] Pieces(this TextTokenizer tokenizer, string text) =>
        [.. tokenizer.Encode(text, addSpecialTokens: false).Select(tokenizer.Piece)];

    public static int Id(this TextTokenizer tokenizer, string piece) =>
        tokenizer.TryGetId(piece, out int id) ? id : throw new ArgumentException($"There is no piece '{piece}'.");
}
