namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>
/// Reads what <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> add to a tokenizer: which tokens have a part of their own,
/// and which of them are put around a text. Both files are optional; the first is asked first.
/// </summary>
internal static class TokenizerConfig
{
    private static readonly string[] Parts =
        ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    /// <exception cref="TokenizerLoadException">
    /// A value is malformed, or the token that begins or ends a sequence does not exist.
    /// </exception>
    public static TokenizerDefinition Apply(JsonValue? config, JsonValue? map, TokenizerDefinition definition)
    {
        if (config?["added_tokens_decoder"] is { } added) definition = WithMissingTokens(added, definition);
        int? bos = TokenId("bos_token") ?? definition.BosId, eos = TokenId("eos_token") ?? definition.EosId;
        return definition with
        {
            SpecialTokens = SpecialTokens(),
            BosId = bos,
            EosId = eos,
            Prefix = Around(definition.Prefix, "add_bos_token", bos, atStart: true),
            Suffix = Around(definition.Suffix, "add_eos_token", eos, atStart: false),
        };

        JsonValue? Value(string name) => config?[name] ?? map?[name];

        int? TokenId(string name) => Value(name) is { } value
            ? definition.Find(Content(value)) ?? throw value.Error($"the token '{Content(value)}' is not in the vocabulary")
            : null;

        Dictionary<string, string> SpecialTokens()
        {
            var tokens = new Dictionary<string, string>(definition.SpecialTokens);
            foreach (string name in Parts)
                if (Value(name) is { } value) tokens[name] = Content(value);
            return tokens;
        }

        // A flag overrules the template of tokenizer.json, as it does in the transformers library.
        IReadOnlyList<int> Around(IReadOnlyList<int> template, string flag, int? id, bool atStart)
        {
            if (config?[flag] is not { } value) return template;
            if (!value.AsBool()) return id is null ? template : [.. template.Where(token => token != id)];
            if (id is not { } token) throw value.Error("the token to add is not named");
            if (template.Contains(token)) return template;
            return atStart ? [token, .. template] : [.. template, token];
        }
    }

    private static string Content(JsonValue value) => value.IsString ? value.AsString() : value.Required("content").AsString();

    /// <summary>Tokens that the tokenizer's own file does not know, as with <c>tokenizer.model</c>.</summary>
    private static TokenizerDefinition WithMissingTokens(JsonValue added, TokenizerDefinition definition)
    {
        HashSet<int> known = [.. definition.AddedTokens.Select(token => token.Id)];
        List<AddedToken> tokens = [.. definition.AddedTokens];
        foreach ((string key, JsonValue value) in added.Properties())
        {
            if (!int.TryParse(key, out int id)) throw added.Error($"'{key}' is not an id");
            if (known.Add(id)) tokens.Add(AddedTokenJson.Read(value, id));
        }

        return definition with { AddedTokens = tokens };
    }
}
