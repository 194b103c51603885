using AdaptiveServe.Text.Tokenizers.Normalization;

namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads the part <c>normalizer</c> of <c>tokenizer.json</c>.</summary>
internal static class NormalizerJson
{
    public static TextNormalizer Read(JsonValue? value)
    {
        var growth = new TextGrowth();
        List<Func<string, string>> steps = [];
        foreach ((string type, JsonValue step) in StepsJson.Read(value, "normalizers")) steps.Add(ReadStep(type, step, growth));
        return new TextNormalizer(steps);
    }

    private static Func<string, string> ReadStep(string type, JsonValue step, TextGrowth growth)
    {
        switch (type)
        {
            case "NFC": return CanonicalComposition.Apply;
            case "Prepend":
                string prefix = step.Required("prepend").AsString();
                growth.Add(step, "", prefix);
                return TextNormalizer.Prepend(prefix);
            case "Replace":
                (string old, string replacement) = ReplaceJson.Read(step, growth);
                return TextNormalizer.Replace(old, replacement);
            default: throw step.Error($"the normalizer '{type}' is not supported");
        }
    }
}
