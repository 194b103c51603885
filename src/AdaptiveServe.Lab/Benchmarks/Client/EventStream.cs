using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Benchmarks.Client;

/// <summary>Reads the server-sent events of OpenAI's streaming APIs.</summary>
internal static class EventStream
{
    private const long MaxBytes = 64L << 20;

    /// <summary>The chunks up to <c>[DONE]</c>.</summary>
    /// <exception cref="InvalidDataException">An event is no chunk, the stream ends without <c>[DONE]</c>, or it is too long.</exception>
    public static async IAsyncEnumerable<StreamChunk> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        LimitedStream limited = new(stream, MaxBytes);
        await foreach (SseItem<StreamChunk?> item in SseParser.Create(limited, (_, data) => Parse(data)).EnumerateAsync(cancellation))
        {
            if (item.Data is null) yield break;
            yield return item.Data;
        }

        throw new InvalidDataException("the stream ended without [DONE]");
    }

    private static StreamChunk? Parse(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8)) return null;
        try
        {
            StreamChunk? chunk = JsonSerializer.Deserialize<StreamChunk>(data, LabJson.Line);
            bool isNegative = chunk?.Usage is { PromptTokens: < 0 } or { CompletionTokens: < 0 };
            if (isNegative) throw new InvalidDataException("a token count is negative");
            return chunk ?? throw new InvalidDataException("an event is null");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"an event is not a chunk: {exception.Message}", exception);
        }
    }
}
