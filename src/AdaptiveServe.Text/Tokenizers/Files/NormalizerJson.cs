using AdaptiveServe.Text.Tokenizers.Normalization;

namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads the part <c>normalizer</c> of <c>tokenizer.json</c>.</summary>
internal static class NormalizerJson
{
    public static IEnumerable<Func<string, string>> Read(JsonValue? value)
    {
        if (value is not { } normalizer) return [];
        string type = normalizer.Required("type").AsString();
        return type switch
        {
            "Sequence" => normalizer.Required("normalizers").Items().SelectMany(item => Read(item)),
            "Prepend" => [TextNormalizer.Prepend(normalizer.Required("prepend").AsString())],
            "Replace" => [ReadReplace(normalizer)],
            "NFC" => [CanonicalComposition.Apply],
            _ => throw normalizer.Error($"the normalizer '{type}' is not supported"),
        };
    }

    private static Func<string, string> ReadReplace(JsonValue normalizer)
    {
        (string old, string replacement) = ReplaceJson.Read(normalizer);
        return TextNormalizer.Replace(old, replacement);
    }
}
