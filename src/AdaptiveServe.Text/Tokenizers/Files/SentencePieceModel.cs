using System.Text;
using AdaptiveServe.Text.Tokenizers.Bpe;
using AdaptiveServe.Text.Tokenizers.Families;

namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>
/// Reads <c>tokenizer.model</c>, the protobuf file of SentencePiece, into what Hugging Face's conversion to <c>tokenizer.json</c> makes
/// of it: scores become merges, and white space is kept as it is, whatever the file's normalizer says about extra spaces.
/// </summary>
internal static class SentencePieceModel
{
    private const int MaxBytes = 64 << 20;
    private const int MaxPieceLength = 256;
    private const char Space = '\u2581';
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">The file.</param>
    /// <param name="config">The folder's <c>tokenizer_config.json</c>, which decides where a space is put before a text.</param>
    /// <exception cref="TokenizerLoadException">The file is malformed or asks for something unsupported.</exception>
    public static TokenizerDefinition Read(string path, JsonValue? config)
    {
        try
        {
            Model model = Parse(ModelFile.Read(path, MaxBytes));
            model.AddsPrefix &= config?["add_prefix_space"]?.AsBool() ?? true;
            TokenizerDefinition definition = Define(path, model);
            return config?["legacy"]?.AsBool() ?? true ? definition : WithPrefixOnce(definition);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new TokenizerLoadException(path, exception.Message, exception);
        }
    }

    private static TokenizerDefinition Define(string path, Model model)
    {
        if (!model.IsBpe) throw new FormatException("the model type is not BPE, which alone is supported");
        if (model.HasCharacterMap) throw new FormatException("its normalizer changes characters, which is not supported");
        if (model.SpaceIsSuffix) throw new FormatException("treat_whitespace_as_suffix is not supported");

        var ids = new Dictionary<string, int>();
        foreach ((string text, _, _) in model.Pieces)
            if (!ids.TryAdd(text, ids.Count)) throw new FormatException($"the piece '{text}' occurs twice");

        int? unknown = Existing(model.Pieces.FindIndex(piece => piece.Type == PieceType.Unknown));
        int? bos = Existing(model.BosId), eos = Existing(model.EosId);
        Func<string, string> escape = TextNormalizer.Replace(" ", $"{Space}");
        return new TokenizerDefinition
        {
            File = path,
            Vocabulary = new Vocabulary(ids),
            Merges = MergesFromScores(model.Pieces, ids),
            AddedTokens = [.. AddedTokens(model.Pieces)],
            Normalizer = model.AddsPrefix ? new TextNormalizer(TextNormalizer.Prepend($"{Space}"), escape) : new TextNormalizer(escape),
            UnknownId = unknown,
            FuseUnknown = true,
            ByteFallback = model.FallsBackToBytes,
            DecoderReplacements = [($"{Space}", " ")],
            StripsLeadingSpace = model.AddsPrefix,
            SpecialTokens = Named(("bos_token", bos), ("eos_token", eos), ("unk_token", unknown), ("pad_token", Existing(model.PadId))),
            BosId = bos,
            EosId = eos,
            Prefix = bos is { } first ? [first] : [],
        };

        int? Existing(long id) => id >= 0 && id < ids.Count ? (int)id : null;

        Dictionary<string, string> Named(params (string Name, int? Id)[] tokens) =>
            tokens.Where(token => token.Id is not null).ToDictionary(token => token.Name, token => model.Pieces[token.Id!.Value].Text);
    }

    /// <summary>
    /// Without the flag <c>legacy</c> only the beginning of everything gets a space, not each text after a special token.
    /// </summary>
    private static TokenizerDefinition WithPrefixOnce(TokenizerDefinition definition) => definition with
    {
        Normalizer = TextNormalizer.None,
        Metaspace = new Metaspace(Space, definition.StripsLeadingSpace ? Metaspace.Prepends.First : Metaspace.Prepends.Never, Cuts: false),
    };

    /// <summary>
    /// SentencePiece joins whatever neighbours form a piece, the best score first. As a list of merges: every way to split a piece in two
    /// pieces, ordered by the score of the piece, then by length.
    /// </summary>
    private static Merge[] MergesFromScores(List<Piece> pieces, Dictionary<string, int> ids)
    {
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<Merge>();
        for (int id = 0; id < pieces.Count; id++)
        {
            ReadOnlySpan<char> text = pieces[id].Text;
            if (text.Contains(' ')) continue; // only texts without spaces are merged
            for (int i = 1; i < text.Length; i++)
                if (lookup.TryGetValue(text[..i], out int left) && lookup.TryGetValue(text[i..], out int right))
                    merges.Add(new Merge(left, right, id));
        }

        return
        [
            .. merges.OrderByDescending(merge => pieces[merge.Result].Score)
                .ThenByDescending(merge => Characters(pieces[merge.Left].Text))
                .ThenByDescending(merge => Characters(pieces[merge.Right].Text)),
        ];
    }

    private static int Characters(string text) => text.Count(unit => !char.IsLowSurrogate(unit));

    private static IEnumerable<AddedToken> AddedTokens(List<Piece> pieces)
    {
        for (int id = 0; id < pieces.Count; id++)
        {
            (string text, _, PieceType type) = pieces[id];
            if (type is PieceType.Unknown or PieceType.Control) yield return new AddedToken(id, text, IsSpecial: true);
            if (type == PieceType.UserDefined) yield return new AddedToken(id, text, IsSpecial: false);
        }
    }

    // The field numbers below are those of sentencepiece_model.proto.
    private static Model Parse(ReadOnlySpan<byte> file)
    {
        var model = new Model();
        var reader = new ProtobufReader(file);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case 1: model.Pieces.Add(ParsePiece(reader.AsBytes())); break;
                case 2: ParseTrainer(reader.AsBytes(), model); break;
                case 3: ParseNormalizer(reader.AsBytes(), model); break;
                default: reader.Skip(); break;
            }
        }

        return model;
    }

    private static Piece ParsePiece(ReadOnlySpan<byte> message)
    {
        string text = "";
        float score = 0;
        var type = PieceType.Normal;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case 1: text = StrictUtf8.GetString(reader.AsBytes()); break;
                case 2: score = reader.AsFloat(); break;
                case 3: type = (PieceType)reader.AsInteger(); break;
                default: reader.Skip(); break;
            }
        }

        return text.Length is > 0 and <= MaxPieceLength
            ? new Piece(text, score, type)
            : throw new FormatException($"a piece has {text.Length} characters; 1 to {MaxPieceLength} are accepted");
    }

    private static void ParseTrainer(ReadOnlySpan<byte> message, Model model)
    {
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case 3: model.IsBpe = reader.AsInteger() == 2; break;
                case 24: model.SpaceIsSuffix = reader.AsBool(); break;
                case 35: model.FallsBackToBytes = reader.AsBool(); break;
                case 41: model.BosId = reader.AsInteger(); break;
                case 42: model.EosId = reader.AsInteger(); break;
                case 43: model.PadId = reader.AsInteger(); break;
                default: reader.Skip(); break;
            }
        }
    }

    private static void ParseNormalizer(ReadOnlySpan<byte> message, Model model)
    {
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field)
            {
                case 2: model.HasCharacterMap = reader.AsBytes().Length > 0; break;
                case 3: model.AddsPrefix = reader.AsBool(); break;
                default: reader.Skip(); break;
            }
        }
    }

    private enum PieceType
    {
        Normal = 1,
        Unknown = 2,
        Control = 3,
        UserDefined = 4,
    }

    private readonly record struct Piece(string Text, float Score, PieceType Type);

    /// <summary>The parts of the file that matter here, with the defaults of its schema.</summary>
    private sealed class Model
    {
        public List<Piece> Pieces { get; } = [];
        public bool IsBpe { get; set; }
        public bool SpaceIsSuffix { get; set; }
        public bool FallsBackToBytes { get; set; }
        public long BosId { get; set; } = 1;
        public long EosId { get; set; } = 2;
        public long PadId { get; set; } = -1;
        public bool HasCharacterMap { get; set; }
        public bool AddsPrefix { get; set; } = true;
    }
}
