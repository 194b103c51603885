using AdaptiveServe.Text.Tokenizers.Files;

namespace AdaptiveServe.Text.Tokenizers;

/// <summary>Loads the tokenizer of a Hugging Face model folder.</summary>
public static class TokenizerLoader
{
    /// <summary>
    /// Reads <c>tokenizer.json</c>, or <c>tokenizer.model</c> where there is none, and what <c>tokenizer_config.json</c> and
    /// <c>special_tokens_map.json</c> add to it.
    /// </summary>
    /// <exception cref="TokenizerLoadException">A file is missing, malformed, or asks for something that is not supported.</exception>
    public static TextTokenizer Load(string modelDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelDirectory);
        JsonValue? config = JsonFile.ReadIfPresent(Path.Combine(modelDirectory, "tokenizer_config.json"));
        JsonValue? map = JsonFile.ReadIfPresent(Path.Combine(modelDirectory, "special_tokens_map.json"));
        TokenizerDefinition definition = TokenizerConfig.Apply(config, map, ReadModel(modelDirectory, config));
        try
        {
            return new TextTokenizer(definition);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
        {
            throw new TokenizerLoadException(definition.File, exception.Message, exception);
        }
    }

    private static TokenizerDefinition ReadModel(string directory, JsonValue? config)
    {
        string json = Path.Combine(directory, "tokenizer.json");
        if (File.Exists(json)) return TokenizerJson.Read(json);
        string model = Path.Combine(directory, "tokenizer.model");
        if (File.Exists(model)) return SentencePieceModel.Read(model, config);
        throw new TokenizerLoadException(directory, "the folder holds neither tokenizer.json nor tokenizer.model");
    }
}
