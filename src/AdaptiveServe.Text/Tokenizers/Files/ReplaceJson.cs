namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads a replacement of one string by another, a form that normalizers and decoders share.</summary>
internal static class ReplaceJson
{
    public static (string Old, string New) Read(JsonValue value, TextGrowth growth)
    {
        JsonValue pattern = value.Required("pattern");
        if (pattern["String"] is not { } text) throw pattern.Error("only a pattern of the kind String is supported");
        string old = text.AsString(), replacement = value.Required("content").AsString();
        if (old.Length == 0) throw text.Error("the string is empty");
        growth.Add(value, old, replacement);
        return (old, replacement);
    }
}
