using System.Text;
using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>Reads an answer of server-sent events as they come, and checks that nothing but events is in it.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private const string Done = "[DONE]";

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, StreamReader reader)
    {
        _response = response;
        _reader = reader;
    }

    /// <summary>Comments that were sent to keep the connection alive.</summary>
    public int Pings { get; private set; }

    /// <summary>True once the last event was read.</summary>
    public bool IsDone { get; private set; }

    public static async Task<EventStream> OpenAsync(HttpClient client, string path, string json)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            Assert.Fail($"{response} {await response.Content.ReadAsStringAsync(cancellation)}");
        Stream body = await response.Content.ReadAsStreamAsync(cancellation);
        return new EventStream(response, new StreamReader(body, new UTF8Encoding(false, throwOnInvalidBytes: true)));
    }

    /// <summary>The data of the next event; null after the last one, which must be <c>[DONE]</c> and the end of the answer.</summary>
    public async Task<JsonElement?> ReadAsync()
    {
        if (IsDone) return null;
        string? line = await ReadLineAsync();
        while (line is [':', ..])
        {
            Pings++;
            Assert.Equal("", await ReadLineAsync());
            line = await ReadLineAsync();
        }

        Assert.StartsWith("data: ", line, StringComparison.Ordinal);
        Assert.Equal("", await ReadLineAsync());
        string data = line!["data: ".Length..];
        if (data != Done) return JsonSerializer.Deserialize<JsonElement>(data);
        Assert.Null(await ReadLineAsync());
        IsDone = true;
        return null;
    }

    public async Task<List<JsonElement>> ReadToEndAsync()
    {
        var events = new List<JsonElement>();
        while (await ReadAsync() is { } data) events.Add(data);
        return events;
    }

    /// <summary>Leaves: what was not read is never read.</summary>
    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<string?> ReadLineAsync() => _reader.ReadLineAsync(TestContext.Current.CancellationToken);
}
