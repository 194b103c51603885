using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AdaptiveServe.Server.OpenAI;

namespace AdaptiveServe.Server.Streaming;

/// <summary>Writes server-sent events as UTF-8 straight into a response's pipe. One writer at a time.</summary>
internal sealed class EventWriter(HttpResponse response, TimeProvider time) : IDisposable
{
    private readonly PipeWriter _pipe = response.BodyWriter;
    private readonly Utf8JsonWriter _json = new(response.BodyWriter, new JsonWriterOptions { Encoder = OpenAIJson.Encoder, SkipValidation = true });
    private bool _isUnflushed;

    /// <summary>True once something was written, which cannot be taken back.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Timestamp of the last flush.</summary>
    public long LastFlush { get; private set; } = time.GetTimestamp();

    public void Write<T>(T value, JsonTypeInfo<T> type)
    {
        Begin();
        _pipe.Write("data: "u8);
        _json.Reset(_pipe);
        JsonSerializer.Serialize(_json, value, type);
        _pipe.Write("\n\n"u8);
    }

    /// <summary>Ends the stream as OpenAI does.</summary>
    public void WriteDone()
    {
        Begin();
        _pipe.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>A comment, which clients skip, so that nothing on the way takes the silence for a dead connection.</summary>
    public void WritePing()
    {
        Begin();
        _pipe.Write(": ping\n\n"u8);
    }

    /// <summary>Sends what was written. Without anything it does nothing: an empty flush would send the headers before they are set.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        if (!_isUnflushed) return;
        _isUnflushed = false;
        LastFlush = time.GetTimestamp();
        await _pipe.FlushAsync(cancellation);
    }

    public void Dispose() => _json.Dispose();

    private void Begin()
    {
        _isUnflushed = true;
        if (HasBegun) return;
        HasBegun = true;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
    }
}
