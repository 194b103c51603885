using System.Text;
using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Scoring;

/// <summary>
/// The first JSON object or array of the reply equals the answer, whatever the order of properties; for an answer that is neither, the
/// whole reply.
/// </summary>
internal sealed class JsonChecker() : Checker("json")
{
    /// <summary>How many brackets are tried as the beginning: a bound on the time that a reply of brackets takes.</summary>
    private const int MaxStarts = 16;

    public override bool Passes(string reply, string answer)
    {
        JsonElement wanted = Parse(answer);
        byte[] text = Encoding.UTF8.GetBytes(reply);
        bool isStructure = wanted.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        return (isStructure ? First(text) : Read(text, isWhole: true)) is { } found && JsonElement.DeepEquals(found, wanted);
    }

    private static JsonElement Parse(string answer) => Read(Encoding.UTF8.GetBytes(answer), isWhole: true)
        ?? throw new LabException($"The answer '{OneLine.Of(answer)}' is not valid JSON.");

    private static JsonElement? First(ReadOnlySpan<byte> text)
    {
        for (int tries = 0; tries < MaxStarts; tries++)
        {
            int start = text.IndexOfAny((byte)'{', (byte)'[');
            if (start < 0) return null;
            if (Read(text[start..], isWhole: false) is { } found) return found;
            text = text[(start + 1)..];
        }

        return null;
    }

    /// <summary>The value that the text begins with; null where that is none, or nested too deeply.</summary>
    private static JsonElement? Read(ReadOnlySpan<byte> text, bool isWhole)
    {
        try
        {
            Utf8JsonReader reader = new(text);
            JsonElement value = JsonElement.ParseValue(ref reader);
            LabJson.RefuseHalfPairs(value);
            return isWhole && !text[(int)reader.BytesConsumed..].Trim(" \t\r\n"u8).IsEmpty ? null : value;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
