using System.Text.Json;
using System.Text.Unicode;

namespace AdaptiveServe.Torch.Loading;

/// <summary>Reads a small JSON file whose root is an object.</summary>
internal static class JsonFile
{
    private const int MaxBytes = 16 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Gives the root object to <paramref name="parse"/>; text that is not strict JSON is refused.</summary>
    public static T Parse<T>(string path, Func<JsonSection, T> parse)
    {
        byte[] text = ModelFile.ReadAll(path, MaxBytes);
        if (!Utf8.IsValid(text)) throw new ModelLoadException(path, "is not UTF-8 text");
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new ModelLoadException(path, "is not a JSON object");
            return parse(new JsonSection(path, "", document.RootElement));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // System.Text.Json reports escapes that are no Unicode text (half of a surrogate pair) as an invalid operation.
            throw new ModelLoadException(path, $"is not valid JSON: {e.Message}", e);
        }
    }
}
