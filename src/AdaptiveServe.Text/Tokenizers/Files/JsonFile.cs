using System.Text.Json;

namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads a file of a model folder as JSON.</summary>
internal static class JsonFile
{
    /// <summary>Several times the largest published tokenizer.json.</summary>
    public const int MaxBytes = 128 << 20;

    /// <exception cref="TokenizerLoadException">The file cannot be read, is too large, or holds no JSON object.</exception>
    public static JsonValue Read(string path)
    {
        try
        {
            // The document is garbage collected, not disposed: its values stay valid.
            JsonElement root = JsonDocument.Parse(ModelFile.Read(path, MaxBytes)).RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new TokenizerLoadException(path, "the file holds no JSON object");
            return new JsonValue(path, "", root);
        }
        catch (JsonException exception)
        {
            throw new TokenizerLoadException(path, $"the file is not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>The same, or null where there is no such file.</summary>
    public static JsonValue? ReadIfPresent(string path) => File.Exists(path) ? Read(path) : null;
}
