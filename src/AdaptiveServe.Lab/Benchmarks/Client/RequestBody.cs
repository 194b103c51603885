using System.Text.Json;
using AdaptiveServe.Lab.Benchmarks.Workload;

namespace AdaptiveServe.Lab.Benchmarks.Client;

/// <summary>Writes requests of either API.</summary>
internal static class RequestBody
{
    public static byte[] Write(BenchRequest request, string model, BenchOptions options)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            WritePrompt(json, request.Prompt, options.Api);
            json.WriteNumber("max_tokens", request.MaxTokens);
            json.WriteBoolean("stream", true);
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
            json.WriteNumber("seed", unchecked(options.Seed + request.Index) & int.MaxValue);
            if (options.Temperature is { } temperature) json.WriteNumber("temperature", temperature);
            if (options.Adaptive is { } adaptive) Write(json, "adaptive", adaptive);
            json.WriteEndObject();
        }

        return body.ToArray();
    }

    private static void WritePrompt(Utf8JsonWriter json, Prompt prompt, BenchApi api)
    {
        if (api == BenchApi.Completions)
        {
            json.WriteString("prompt", prompt.Text);
        }
        else if (prompt.Messages is { } messages)
        {
            Write(json, "messages", messages);
        }
        else
        {
            json.WriteStartArray("messages");
            json.WriteStartObject();
            json.WriteString("role", "user");
            json.WriteString("content", prompt.Text);
            json.WriteEndObject();
            json.WriteEndArray();
        }
    }

    private static void Write(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }
}
