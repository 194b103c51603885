using AdaptiveServe.Text.Tokenizers.Bpe;

namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>
/// Reads <c>tokenizer.json</c>, the format of Hugging Face's tokenizers library. What it asks for and AdaptiveServe cannot do is refused;
/// <c>truncation</c> and <c>padding</c> describe batches for training and are not used.
/// </summary>
internal static class TokenizerJson
{
    /// <exception cref="TokenizerLoadException">The file is malformed or asks for something unsupported.</exception>
    public static TokenizerDefinition Read(string path)
    {
        JsonValue root = JsonFile.Read(path);
        JsonValue model = root.Required("model");
        RefuseUnsupported(model);

        JsonValue vocabularyValue = model.Required("vocab");
        Vocabulary vocabulary = ReadVocabulary(vocabularyValue);
        var definition = new TokenizerDefinition
        {
            File = path,
            Vocabulary = vocabulary,
            Merges = ReadMerges(model["merges"], vocabulary),
            AddedTokens = ReadAddedTokens(root["added_tokens"]),
            Normalizer = NormalizerJson.Read(root["normalizer"]),
            UnknownId = ReadUnknown(model["unk_token"], vocabulary),
            FuseUnknown = model["fuse_unk"]?.AsBool() ?? false,
            ByteFallback = model["byte_fallback"]?.AsBool() ?? false,
            IgnoreMerges = model["ignore_merges"]?.AsBool() ?? false,
        };
        definition = PreTokenizerJson.Apply(root["pre_tokenizer"], definition);
        definition = DecoderJson.Apply(root["decoder"], definition);
        return PostProcessorJson.Apply(root["post_processor"], definition);
    }

    private static void RefuseUnsupported(JsonValue model)
    {
        string type = model["type"]?.AsString() ?? "BPE"; // old files of BPE models leave it out
        if (type != "BPE") throw model.Error($"the model type '{type}' is not supported; BPE is");
        if (model["dropout"] is { } dropout) throw dropout.Error("dropout is not supported");
        foreach (string affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
            if (model[affix] is { } value && value.AsString().Length > 0) throw value.Error("is not supported");
    }

    private static Vocabulary ReadVocabulary(JsonValue value)
    {
        var ids = new Dictionary<string, int>();
        foreach ((string piece, JsonValue id) in value.Properties())
        {
            if (piece.Length == 0) throw value.Error("a piece is empty");
            if (!ids.TryAdd(piece, id.AsInt())) throw value.Error($"the piece '{piece}' occurs twice");
        }

        try
        {
            return new Vocabulary(ids);
        }
        catch (FormatException exception)
        {
            throw value.Error(exception.Message, exception);
        }
    }

    private static Merge[] ReadMerges(JsonValue? value, Vocabulary vocabulary)
    {
        if (value is not { } list) return [];
        var merges = new Merge[list.Count];
        var seen = new HashSet<(int, int)>(merges.Length);
        int rank = 0;
        foreach (JsonValue item in list.Items())
        {
            (string left, string right) = ReadMerge(item);
            var merge = new Merge(Id(left), Id(right), Id(left + right));
            if (!seen.Add((merge.Left, merge.Right))) throw item.Error($"the merge of '{left}' and '{right}' occurs twice");
            merges[rank++] = merge;

            int Id(string piece) => vocabulary.Find(piece) ?? throw item.Error($"the piece '{piece}' is not in the vocabulary");
        }

        return merges;
    }

    /// <summary>Old files write <c>"a b"</c>, new ones <c>["a", "b"]</c>.</summary>
    private static (string Left, string Right) ReadMerge(JsonValue item)
    {
        string[] parts = item.IsString ? item.AsString().Split(' ') : [.. item.Items().Select(part => part.AsString())];
        return parts is [{ Length: > 0 } left, { Length: > 0 } right] && !left.Contains(' ') && !right.Contains(' ')
            ? (left, right)
            : throw item.Error("expected two pieces without spaces");
    }

    private static AddedToken[] ReadAddedTokens(JsonValue? value)
    {
        if (value is not { } list) return [];
        return [.. list.Items().Select(item => AddedTokenJson.Read(item, item.Required("id").AsInt()))];
    }

    private static int? ReadUnknown(JsonValue? value, Vocabulary vocabulary) => value is { } token
        ? vocabulary.Find(token.AsString()) ?? throw token.Error($"the piece '{token.AsString()}' is not in the vocabulary")
        : null;
}
