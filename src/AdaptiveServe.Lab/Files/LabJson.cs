using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AdaptiveServe.Lab.Files;

/// <summary>How the Lab writes and reads JSON: <c>snake_case</c>, and text readable as it is.</summary>
internal static class LabJson
{
    public static JsonSerializerOptions Line { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the files are not HTML
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static JsonSerializerOptions Report { get; } = new(Line) { WriteIndented = true };

    /// <summary>Writes a file of one indented document, whole or not at all.</summary>
    /// <exception cref="CommandLine.LabException">The file cannot be written.</exception>
    public static void WriteFile(string path, JsonObject document)
    {
        using OutputFile file = OutputFile.Create(path);
        JsonSerializer.Serialize(file.Stream, document, Report);
        file.Stream.WriteByte((byte)'\n');
        file.Commit();
    }

    /// <summary>An escape such as <c>\ud800</c> alone is no character; else that shows only where the string is used.</summary>
    /// <exception cref="InvalidOperationException">There is one in the value.</exception>
    public static void RefuseHalfPairs(JsonElement value)
    {
        using Utf8JsonWriter nowhere = new(Stream.Null);
        value.WriteTo(nowhere);
    }
}
