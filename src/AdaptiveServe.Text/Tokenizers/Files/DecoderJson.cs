namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads the part <c>decoder</c> of <c>tokenizer.json</c>.</summary>
internal static class DecoderJson
{
    public static TokenizerDefinition Apply(JsonValue? value, TokenizerDefinition definition)
    {
        if (value is not { } decoder) throw new TokenizerLoadException(definition.File, "the property 'decoder' is missing");
        bool isByteLevel = false, fallsBackToBytes = false, fuses = false, strips = false;
        var growth = new TextGrowth();
        List<(string Old, string New)> replacements = [];
        foreach ((string type, JsonValue step) in StepsJson.Read(decoder, "decoders"))
        {
            switch (type)
            {
                case "ByteLevel": isByteLevel = true; break;
                case "Replace" when !fallsBackToBytes && !fuses: replacements.Add(ReplaceJson.Read(step, growth)); break;
                case "ByteFallback" when !fuses: fallsBackToBytes = true; break;
                case "Fuse": fuses = true; break; // joins the pieces' texts; what is before it sees each piece, what is behind it the text
                case "Strip" when fuses: strips = ReadStrip(step); break;
                case "Replace" or "ByteFallback" or "Strip": throw step.Error($"the decoder '{type}' is not supported in this place");
                default: throw step.Error($"the decoder '{type}' is not supported");
            }
        }

        if (isByteLevel != definition.ByteLevelWords is not null) throw decoder.Error("pre_tokenizer and decoder differ about ByteLevel");
        if (isByteLevel && (replacements.Count > 0 || strips || fallsBackToBytes))
            throw decoder.Error("steps beside ByteLevel are not supported");
        if (!isByteLevel && fallsBackToBytes != definition.ByteFallback)
            throw decoder.Error("model and decoder differ about byte fallback");
        return definition with { DecoderReplacements = replacements, StripsLeadingSpace = strips };
    }

    private static bool ReadStrip(JsonValue step)
    {
        bool isLeadingSpace = step.Required("content").AsString() == " " && step.Required("start").AsInt() == 1
            && step.Required("stop").AsInt() == 0;
        return isLeadingSpace ? true : throw step.Error("only one space at the start can be stripped");
    }
}
