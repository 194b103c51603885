namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads the part <c>post_processor</c> of <c>tokenizer.json</c>: the tokens around a single text.</summary>
internal static class PostProcessorJson
{
    public static TokenizerDefinition Apply(JsonValue? value, TokenizerDefinition definition)
    {
        if (value is not { } processor) return definition;
        string type = processor.Required("type").AsString();
        return type switch
        {
            "Sequence" => processor.Required("processors").Items().Aggregate(definition, (result, item) => Apply(item, result)),
            "TemplateProcessing" => ApplyTemplate(processor, definition),
            "ByteLevel" => definition, // moves offsets, which are not used here
            _ => throw processor.Error($"the post-processor '{type}' is not supported"),
        };
    }

    private static TokenizerDefinition ApplyTemplate(JsonValue template, TokenizerDefinition definition)
    {
        List<int> prefix = [], suffix = [];
        int texts = 0;
        foreach (JsonValue part in template.Required("single").Items())
        {
            if (part["SpecialToken"] is { } token) (texts == 0 ? prefix : suffix).AddRange(Ids(token));
            else if (part["Sequence"] is not null) texts++;
            else throw part.Error("expected SpecialToken or Sequence");
        }

        return texts == 1
            ? definition with { Prefix = [.. prefix, .. definition.Prefix], Suffix = [.. definition.Suffix, .. suffix] }
            : throw template.Error($"the template 'single' holds {texts} texts");

        IEnumerable<int> Ids(JsonValue token)
        {
            JsonValue ids = template.Required("special_tokens").Required(token.Required("id").AsString()).Required("ids");
            foreach (JsonValue id in ids.Items())
            {
                bool exists = (uint)id.AsInt() < (uint)definition.Vocabulary.Size || definition.AddedTokens.Any(added => added.Id == id.AsInt());
                yield return exists ? id.AsInt() : throw id.Error($"there is no token with the id {id.AsInt()}");
            }
        }
    }
}
