using System.Buffers;
using System.Text;
using System.Text.Unicode;
using AdaptiveServe.Text.Streaming;
using AdaptiveServe.Text.Tokenizers.Families;

namespace AdaptiveServe.Text.Tokenizers;

/// <summary>Turns text into token ids and back. Immutable; safe for use by several threads.</summary>
/// <remarks>
/// Ids at or above <see cref="VocabularySize"/> are accepted and stand for nothing: models often have more output rows than tokens.
/// Comes from <see cref="TokenizerLoader.Load"/>.
/// </remarks>
public sealed class TextTokenizer
{
    private readonly TokenizerFamily _family;
    private readonly AddedTokenSplitter? _tokensInText;
    private readonly AddedTokenSplitter? _tokensInNormalizedText;
    private readonly Dictionary<string, int> _addedIds = [];
    private readonly string[] _pieces;
    private readonly byte[][] _bytes;
    private readonly bool[] _isSpecial;
    private readonly string?[] _texts; // filled on demand; a race writes equal strings

    /// <exception cref="FormatException">The vocabulary lacks what its kind needs, or tokens contradict each other.</exception>
    internal TextTokenizer(TokenizerDefinition definition)
    {
        Definition = definition;
        _family = TokenizerFamily.Create(definition);
        _tokensInText = Splitter(definition.AddedTokens.Where(token => !token.IsNormalized));
        _tokensInNormalizedText = Splitter(definition.AddedTokens.Where(token => token.IsNormalized)
            .Select(token => token with { Content = definition.Normalizer.Normalize(token.Content) }));

        int size = definition.AddedTokens.Select(token => token.Id + 1).Append(definition.Vocabulary.Size).Max();
        _pieces = new string[size];
        _isSpecial = new bool[size];
        _texts = new string?[size];
        for (int id = 0; id < definition.Vocabulary.Size; id++) _pieces[id] = definition.Vocabulary[id] ?? "";
        Array.Fill(_pieces, "", definition.Vocabulary.Size, size - definition.Vocabulary.Size);
        foreach (AddedToken token in definition.AddedTokens) Add(token);

        _bytes = [.. _pieces.Select(_family.Bytes)];
    }

    /// <summary>The largest id plus one, added tokens included.</summary>
    public int VocabularySize => _pieces.Length;

    /// <summary>The token that begins a sequence, if the model has one.</summary>
    public int? BosId => Definition.BosId;

    /// <summary>The token that ends a sequence, if the tokenizer's files name one. <c>generation_config.json</c> may name more.</summary>
    public int? EosId => Definition.EosId;

    /// <summary>The text of <see cref="BosId"/>, as chat templates write it.</summary>
    public string? BosToken => SpecialTokens.GetValueOrDefault("bos_token");

    /// <summary>The text of <see cref="EosId"/>, as chat templates write it.</summary>
    public string? EosToken => SpecialTokens.GetValueOrDefault("eos_token");

    /// <summary>The token for what the vocabulary cannot spell, if the tokenizer's files name one.</summary>
    public string? UnknownToken => SpecialTokens.GetValueOrDefault("unk_token");

    /// <summary>
    /// The token that fills up batches in training, if the tokenizer's files name one. It may be none of the vocabulary's.
    /// </summary>
    public string? PadToken => SpecialTokens.GetValueOrDefault("pad_token");

    /// <summary>
    /// The texts of all tokens that the tokenizer's files give a part, by Hugging Face's name for it, such as <c>sep_token</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> SpecialTokens => Definition.SpecialTokens;

    /// <summary>The ids that <see cref="Encode"/> puts before a text, such as <see cref="BosId"/>; often none.</summary>
    public IReadOnlyList<int> Prefix => Definition.Prefix;

    /// <summary>The ids that <see cref="Encode"/> puts after a text; mostly none.</summary>
    public IReadOnlyList<int> Suffix => Definition.Suffix;

    internal TokenizerDefinition Definition { get; }

    internal bool StripsLeadingSpace => Definition.StripsLeadingSpace;

    /// <summary>
    /// The ids of a text. The texts of special tokens become these tokens, wherever they stand: a caller who must not allow that in a
    /// part of the text has to escape it.
    /// </summary>
    /// <param name="text">Any text; half a surrogate pair counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Adds what the tokenizer's files put around a text, such as the token that begins a sequence.</param>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 4 + 4);
        if (addSpecialTokens) ids.AddRange(Definition.Prefix);
        EncodeText(text, ids);
        if (addSpecialTokens) ids.AddRange(Definition.Suffix);
        return [.. ids];
    }

    /// <summary>The text of ids. Bytes that are no valid UTF-8 become U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var text = new ArrayBufferWriter<char>(4 * ids.Length + 4);
        Utf8Assembler assembler = CreateAssembler();
        foreach (int id in ids)
            if (!(skipSpecialTokens && IsSpecial(id))) assembler.Append(Bytes(id).Span, text);
        assembler.Flush(text);

        ReadOnlySpan<char> written = text.WrittenSpan;
        return (StripsLeadingSpace && written is [' ', ..] ? written[1..] : written).ToString();
    }

    /// <summary>Whether the id belongs to a token that is left out of decoded text, such as the one that ends a sequence.</summary>
    public bool IsSpecial(int id) => (uint)id < (uint)_isSpecial.Length && _isSpecial[id];

    /// <summary>
    /// The token as the vocabulary spells it (<c>▁Once</c>, <c>Ġthe</c>, <c>&lt;0x0A&gt;</c>); empty for an id without a token.
    /// </summary>
    public string Piece(int id) => (uint)id < (uint)_pieces.Length ? _pieces[id] : "";

    /// <summary>Finds the token that <see cref="Piece"/> spells so.</summary>
    public bool TryGetId(string piece, out int id)
    {
        ArgumentNullException.ThrowIfNull(piece);
        return _addedIds.TryGetValue(piece, out id) || Definition.Vocabulary.TryFind(piece, out id);
    }

    /// <summary>
    /// The UTF-8 bytes that the token contributes to a text, possibly a part of a character; empty for an id without a token.
    /// </summary>
    public ReadOnlyMemory<byte> Bytes(int id) => (uint)id < (uint)_bytes.Length ? _bytes[id] : [];

    /// <summary>What the token looks like on its own: its bytes as text, with U+FFFD for a part of a character.</summary>
    public string Text(int id) => WholeText(id) ?? Encoding.UTF8.GetString(_bytes[id]);

    internal Utf8Assembler CreateAssembler() => new(_family.ReplacesEachInvalidByte);

    /// <summary>The text of a token that holds whole characters only; null for others.</summary>
    internal string? WholeText(int id)
    {
        if ((uint)id >= (uint)_bytes.Length) return "";
        if (_texts[id] is { } text) return text;
        return Utf8.IsValid(_bytes[id]) ? _texts[id] = Encoding.UTF8.GetString(_bytes[id]) : null;
    }

    private void Add(AddedToken token)
    {
        if (!_addedIds.TryAdd(token.Content, token.Id)) throw new FormatException($"the added token '{token.Content}' occurs twice");
        if (_pieces[token.Id].Length > 0 && _pieces[token.Id] != token.Content)
            throw new FormatException($"the tokens '{_pieces[token.Id]}' and '{token.Content}' share the id {token.Id}");
        if (Definition.Vocabulary.Find(token.Content) is { } id && id != token.Id)
            throw new FormatException($"the token '{token.Content}' has the ids {id} and {token.Id}");
        _pieces[token.Id] = token.Content;
        _isSpecial[token.Id] = token.IsSpecial;
    }

    private void EncodeText(string text, List<int> ids)
    {
        int from = 0;
        while (_tokensInText?.FindNext(text, from, out int start, out int end) is { } token)
        {
            EncodeOrdinaryText(text[from..start], isFirst: from == 0, ids);
            ids.Add(token.Id);
            from = end;
        }

        EncodeOrdinaryText(text[from..], isFirst: from == 0, ids);
    }

    private void EncodeOrdinaryText(string text, bool isFirst, List<int> ids)
    {
        ReadOnlySpan<char> normalized = Definition.Normalizer.Normalize(text);
        int from = 0;
        while (_tokensInNormalizedText?.FindNext(normalized, from, out int start, out int end) is { } token)
        {
            _family.Encode(normalized[from..start], isFirst && from == 0, ids);
            ids.Add(token.Id);
            from = end;
        }

        _family.Encode(normalized[from..], isFirst && from == 0, ids);
    }

    private static AddedTokenSplitter? Splitter(IEnumerable<AddedToken> tokens)
    {
        List<AddedToken> list = [.. tokens.Where(token => token.Content.Length > 0)]; // normalizing may leave nothing
        return list.Count == 0 ? null : new AddedTokenSplitter(list);
    }
}
