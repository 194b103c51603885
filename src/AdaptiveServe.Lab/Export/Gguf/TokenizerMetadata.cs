using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>What a GGUF file says about a tokenizer.</summary>
internal sealed class TokenizerMetadata(
    GgufMetadata metadata, ModelConfig config, TokenizerDefinition tokenizer, List<string> notes)
{
    private const string Prefix = "tokenizer.ggml.";

    /// <exception cref="LabException">llama.cpp has no tokenizer that does the same.</exception>
    public void Add()
    {
        TokenTable table = TokenTable.Create(tokenizer, config.VocabularySize, notes);
        if (tokenizer.ByteLevelWords is null) AddSentencePiece(table);
        else AddByteLevel(table);
        AddAround();
        AddEnds();
        AddId("unknown_token_id", tokenizer.ByteLevelWords is null ? tokenizer.UnknownId : null);
        AddId("padding_token_id", tokenizer.SpecialTokens.TryGetValue("pad_token", out string? pad) ? tokenizer.Find(pad) : null);
    }

    private void AddSentencePiece(TokenTable table)
    {
        metadata.Add(Prefix + "model", "llama");
        metadata.Add(Prefix + "pre", "default");
        AddTable(table);
        metadata.Add(Prefix + "scores", SentencePieceScores.Compute(tokenizer, table));
        metadata.Add(Prefix + "add_space_prefix", SpacePrefix.IsAdded(tokenizer, notes));
        if (!tokenizer.ByteFallback)
            notes.Add("the vocabulary has no byte pieces: "
                + "llama.cpp fails on characters outside it, where this server takes the unknown token");
    }

    private void AddByteLevel(TokenTable table)
    {
        metadata.Add(Prefix + "model", "gpt2");
        metadata.Add(Prefix + "pre", PreTokenizer.NameOf(tokenizer));
        AddTable(table);
        metadata.Add(Prefix + "merges", [.. tokenizer.Merges.Select(merge => $"{table.Texts[merge.Left]} {table.Texts[merge.Right]}")]);
        const string Composed = "\u00E9", Decomposed = "e\u0301";
        if (tokenizer.Normalizer.Normalize(Decomposed) == Composed) notes.Add("llama.cpp does not compose characters (NFC) first");
    }

    private void AddTable(TokenTable table)
    {
        metadata.Add(Prefix + "tokens", table.Texts);
        metadata.Add(Prefix + "token_type", [.. table.Types.Select(type => (int)type)]);
    }

    /// <summary>What is put around a text: at most one token before it and one after it.</summary>
    private void AddAround()
    {
        if (tokenizer.Prefix.Count > 1 || tokenizer.Suffix.Count > 1)
            throw new LabException($"{tokenizer.File}: it puts more tokens around a text than llama.cpp can");
        int? bos = tokenizer.Prefix is [var first] ? first : tokenizer.BosId ?? config.BosId;
        AddId("bos_token_id", bos);
        metadata.Add(Prefix + "add_bos_token", tokenizer.Prefix.Count > 0);
        metadata.Add(Prefix + "add_eos_token", tokenizer.Suffix.Count > 0);
    }

    /// <summary>The tokens that end a text; llama.cpp has places for three, and finds some more by their names.</summary>
    private void AddEnds()
    {
        string[] keys = ["eos_token_id", "eot_token_id", "eom_token_id"];
        int[] ids = Ends();
        for (int i = 0; i < Math.Min(ids.Length, keys.Length); i++) AddId(keys[i], ids[i]);
        if (ids.Length > keys.Length) notes.Add($"the format names {keys.Length} of the {ids.Length} tokens that end a text");
    }

    private int[] Ends()
    {
        int? first = tokenizer.Suffix is [var last] ? last : tokenizer.EosId;
        bool isFirst = tokenizer.Suffix.Count > 0 || config.EosIds.Count == 0 || config.EosIds.Any(end => end == first);
        IEnumerable<int> known = first is { } id && isFirst ? config.EosIds.Prepend(id) : config.EosIds;
        int[] ids = [.. known.Distinct()];

        // Without one llama.cpp would take an id of its own choice, and end texts at a comma.
        return ids.Length > 0
            ? ids
            : throw new LabException($"{tokenizer.File}: no token is named that ends a text, and llama.cpp needs one");
    }

    private void AddId(string key, int? id)
    {
        if (id < config.VocabularySize) metadata.Add(Prefix + key, (uint)id.Value);
    }
}
