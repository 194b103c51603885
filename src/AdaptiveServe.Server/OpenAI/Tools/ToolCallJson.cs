using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AdaptiveServe.Server.OpenAI.Tools;

/// <summary>Reads the JSON that models write for a call: a name, and an object called <c>arguments</c> or <c>parameters</c>.</summary>
internal static class ToolCallJson
{
    /// <summary>The calls of a text that holds nothing but calls, separated by white space or semicolons; null when it holds anything else.</summary>
    public static List<ToolCall>? TryReadAll(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var calls = new List<ToolCall>();
        try
        {
            for (int at = SkipSeparators(bytes, 0); at < bytes.Length; at = SkipSeparators(bytes, at))
            {
                var reader = new Utf8JsonReader(bytes.AsSpan(at), new JsonReaderOptions { AllowMultipleValues = true });
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                if (TryRead(document.RootElement) is not { } call) return null;
                calls.Add(call);
                at += (int)reader.BytesConsumed;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // the second is for escapes that spell half a surrogate pair
        }

        return calls.Count > 0 ? calls : null;
    }

    private static ToolCall? TryRead(JsonElement call)
    {
        if (call.ValueKind != JsonValueKind.Object
            || !call.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String) return null;
        if (!call.TryGetProperty("arguments", out JsonElement arguments) && !call.TryGetProperty("parameters", out arguments))
            return ToolCall.Create(name.GetString()!, "{}");
        return arguments.ValueKind switch
        {
            JsonValueKind.Object => ToolCall.Create(name.GetString()!, arguments.GetRawText()),
            JsonValueKind.String when IsObject(arguments.GetString()!) => ToolCall.Create(name.GetString()!, arguments.GetString()!), // some models write its text
            _ => null,
        };
    }

    private static bool IsObject(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.ValueKind == JsonValueKind.Object;
    }

    private static int SkipSeparators(byte[] bytes, int at)
    {
        int length = bytes.AsSpan(at).IndexOfAnyExcept(Separators);
        return length < 0 ? bytes.Length : at + length;
    }

    private static readonly SearchValues<byte> Separators = SearchValues.Create(" \t\r\n;"u8);
}
