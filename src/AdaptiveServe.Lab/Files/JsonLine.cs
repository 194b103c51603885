using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Files;

/// <summary>A JSON object that stands on a line of a file.</summary>
internal sealed record JsonLine(string File, int Number, JsonElement Root)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="LabException">The line is no JSON object.</exception>
    public static JsonLine Parse(string file, int number, string text)
    {
        try
        {
            // Not disposed: its elements stay valid for as long as somebody holds them.
            JsonElement root = JsonDocument.Parse(text, Strict).RootElement;
            LabJson.RefuseHalfPairs(root);
            return root.ValueKind == JsonValueKind.Object ? new(file, number, root) : throw Fault(file, number, "is not a JSON object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Fault(file, number, $"is not valid JSON: {exception.Message}");
        }
    }

    /// <summary>The text under a name; null where there is none.</summary>
    /// <exception cref="LabException">What is there is no text.</exception>
    public string? Text(string name)
    {
        if (!Root.TryGetProperty(name, out JsonElement value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Fault($"'{name}' is not a string");
    }

    /// <inheritdoc cref="Text"/>
    /// <exception cref="LabException">There is no text.</exception>
    public string RequiredText(string name) => Text(name) ?? throw Fault($"'{name}' is missing");

    /// <summary>The object under a name.</summary>
    /// <exception cref="LabException">There is none.</exception>
    public JsonObject RequiredObject(string name) =>
        Root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(value)!
            : throw Fault($"'{name}' is missing or no object");

    public LabException Fault(string reason) => Fault(File, Number, reason);

    private static LabException Fault(string file, int number, string reason) => new($"{file}:{number}: {reason}");
}
