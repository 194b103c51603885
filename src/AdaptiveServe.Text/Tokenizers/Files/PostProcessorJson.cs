namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads the part <c>post_processor</c> of <c>tokenizer.json</c>: the tokens around a single text.</summary>
internal static class PostProcessorJson
{
    private const int MaxTokens = 64;

    public static TokenizerDefinition Apply(JsonValue? value, TokenizerDefinition definition)
    {
        foreach ((string type, JsonValue step) in StepsJson.Read(value, "processors"))
        {
            definition = type switch
            {
                "TemplateProcessing" => ApplyTemplate(step, definition),
                "ByteLevel" => definition, // moves offsets, which are not used here
                _ => throw step.Error($"the post-processor '{type}' is not supported"),
            };
        }

        return definition;
    }

    private static TokenizerDefinition ApplyTemplate(JsonValue template, TokenizerDefinition definition)
    {
        List<int> prefix = [], suffix = [];
        int texts = 0;
        foreach (JsonValue part in template.Required("single").Items())
        {
            if (part["SpecialToken"] is { } token) (texts == 0 ? prefix : suffix).AddRange(Ids(token, template, definition));
            else if (part["Sequence"] is not null) texts++;
            else throw part.Error("expected SpecialToken or Sequence");
            if (prefix.Count + suffix.Count > MaxTokens) throw template.Error($"it puts more than {MaxTokens} tokens around a text");
        }

        return texts == 1
            ? definition with { Prefix = [.. prefix, .. definition.Prefix], Suffix = [.. definition.Suffix, .. suffix] }
            : throw template.Error($"the template 'single' holds {texts} texts");
    }

    private static IEnumerable<int> Ids(JsonValue token, JsonValue template, TokenizerDefinition definition)
    {
        JsonValue ids = template.Required("special_tokens").Required(token.Required("id").AsString()).Required("ids");
        foreach (JsonValue id in ids.Items().Take(MaxTokens + 1))
            yield return definition.Has(id.AsInt()) ? id.AsInt() : throw id.Error($"there is no token with the id {id.AsInt()}");
    }
}
