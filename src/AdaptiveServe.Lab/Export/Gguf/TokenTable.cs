using System.Globalization;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>A text and a type for each row of the embedding: llama.cpp takes the number of rows from this table.</summary>
/// <param name="Texts">All different, none of them empty.</param>
/// <param name="Types">Of the same length.</param>
internal sealed record TokenTable(string[] Texts, TokenType[] Types)
{
    /// <exception cref="LabException">There are more pieces than rows.</exception>
    public static TokenTable Create(TokenizerDefinition tokenizer, int rows, List<string> notes)
    {
        if (tokenizer.Vocabulary.Size > rows)
            throw new LabException($"{tokenizer.File}: the vocabulary has {tokenizer.Vocabulary.Size} pieces, the model {rows} rows");
        string?[] texts = new string?[rows];
        TokenType[] types = new TokenType[rows];
        for (int id = 0; id < tokenizer.Vocabulary.Size; id++)
            if (tokenizer.Vocabulary[id] is { } piece) (texts[id], types[id]) = (piece, TypeOf(piece, tokenizer));
        foreach (AddedToken token in tokenizer.AddedTokens.Where(token => token.Id < rows))
            (texts[token.Id], types[token.Id]) = (token.Content, token.IsSpecial ? TokenType.Control : TokenType.UserDefined);
        if (tokenizer is { ByteLevelWords: null, UnknownId: { } unknown }) types[unknown] = TokenType.Unknown;
        AddNotes(tokenizer, rows, notes);
        return new TokenTable(Filled(texts, types), types);
    }

    private static TokenType TypeOf(string piece, TokenizerDefinition tokenizer) =>
        tokenizer.ByteFallback && IsByte(piece) ? TokenType.Byte : TokenType.Normal;

    private static bool IsByte(string piece) => piece is ['<', '0', 'x', _, _, '>']
        && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);

    /// <summary>Gives rows without a token a text that no other has: two equal ones end llama.cpp.</summary>
    private static string[] Filled(string?[] texts, TokenType[] types)
    {
        HashSet<string> known = [.. texts.OfType<string>()];
        for (int id = 0; id < texts.Length; id++)
        {
            if (texts[id] is not null) continue;
            string filler = $"[PAD{id}]";
            while (!known.Add(filler)) filler = $"[{filler}]";
            (texts[id], types[id]) = (filler, TokenType.Unused);
        }

        return texts!;
    }

    private static void AddNotes(TokenizerDefinition tokenizer, int rows, List<string> notes)
    {
        int beyond = tokenizer.AddedTokens.Count(token => token.Id >= rows);
        if (beyond > 0) notes.Add($"{beyond} added tokens are left out: the model has no rows for them");
        int particular = tokenizer.AddedTokens.Count(token => token.StripLeft || token.StripRight || token.SingleWord);
        if (particular > 0)
            notes.Add($"{particular} added tokens take white space along or count as whole words only, which the format cannot say");
    }
}
