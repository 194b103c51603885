namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads an added token, which has the same form in <c>tokenizer.json</c> and <c>tokenizer_config.json</c>.</summary>
internal static class AddedTokenJson
{
    public static AddedToken Read(JsonValue value, int id)
    {
        if ((uint)id >= Vocabulary.MaxSize) throw value.Error($"the id {id} is outside 0 to {Vocabulary.MaxSize - 1}");
        string content = value.Required("content").AsString();
        if (content.Length == 0) throw value.Error("the content is empty");
        return new AddedToken(
            id,
            content,
            IsSpecial: Flag("special"),
            StripLeft: Flag("lstrip"),
            StripRight: Flag("rstrip"),
            SingleWord: Flag("single_word"),
            IsNormalized: Flag("normalized"));

        bool Flag(string name) => value[name]?.AsBool() ?? false;
    }
}
