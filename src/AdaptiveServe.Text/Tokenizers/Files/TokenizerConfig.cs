namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>
/// Reads what <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> add to a tokenizer: which tokens begin and end a sequence,
/// and whether they are put around a text. Both files are optional; the first is asked first.
/// </summary>
internal static class TokenizerConfig
{
    public static TokenizerDefinition Apply(string directory, TokenizerDefinition definition)
    {
        JsonValue? config = JsonFile.ReadIfPresent(Path.Combine(directory, "tokenizer_config.json"));
        JsonValue? map = JsonFile.ReadIfPresent(Path.Combine(directory, "special_tokens_map.json"));

        if (config?["added_tokens_decoder"] is { } added) definition = WithMissingTokens(added, definition);
        int? bos = TokenId("bos_token"), eos = TokenId("eos_token");
        return definition with
        {
            BosId = bos,
            EosId = eos,
            Prefix = Around(definition.Prefix, "add_bos_token", bos, atStart: true),
            Suffix = Around(definition.Suffix, "add_eos_token", eos, atStart: false),
        };

        int? TokenId(string name)
        {
            if ((config?[name] ?? map?[name]) is not { } value) return null;
            string content = value.IsString ? value.AsString() : value.Required("content").AsString();
            return definition.AddedTokens.FirstOrDefault(token => token.Content == content)?.Id
                ?? definition.Vocabulary.Find(content)
                ?? throw value.Error($"the token '{content}' is not in the vocabulary");
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
