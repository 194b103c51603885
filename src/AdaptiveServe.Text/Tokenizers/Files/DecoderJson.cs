namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads the part <c>decoder</c> of <c>tokenizer.json</c>.</summary>
internal static class DecoderJson
{
    public static TokenizerDefinition Apply(JsonValue? value, TokenizerDefinition definition)
    {
        if (value is not { } decoder) throw new TokenizerLoadException(definition.File, "the property 'decoder' is missing");
        bool isByteLevel = false, fallsBackToBytes = false;
        var growth = new TextGrowth();
        List<(string Old, string New)> replacements = [];
        foreach ((string type, JsonValue step) in StepsJson.Read(decoder, "decoders"))
        {
            switch (type)
            {
                case "ByteLevel": isByteLevel = true; break;
                case "ByteFallback": fallsBackToBytes = true; break;
                case "Fuse": break; // joins the pieces' texts, which is done anyway
                case "Replace":
                    replacements.Add(ReplaceJson.Read(step, growth));
                    break;
                case "Strip":
                    definition = definition with { StripsLeadingSpace = ReadStrip(step) };
                    break;
                default: throw step.Error($"the decoder '{type}' is not supported");
            }
        }

        if (isByteLevel != definition.ByteLevelWords is not null) throw decoder.Error("pre_tokenizer and decoder differ about ByteLevel");
        if (isByteLevel && (replacements.Count > 0 || definition.StripsLeadingSpace || fallsBackToBytes))
            throw decoder.Error("steps beside ByteLevel are not supported");
        if (!isByteLevel && fallsBackToBytes != definition.ByteFallback)
            throw decoder.Error("model and decoder differ about byte fallback");
        return definition with { DecoderReplacements = replacements };
    }

    private static bool ReadStrip(JsonValue step)
    {
        bool isLeadingSpace = step.Required("content").AsString() == " " && step.Required("start").AsInt() == 1
            && step.Required("stop").AsInt() == 0;
        return isLeadingSpace ? true : throw step.Error("only one space at the start can be stripped");
    }
}
