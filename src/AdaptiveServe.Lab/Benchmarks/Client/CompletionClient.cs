using System.Net.Http.Headers;
using System.Text.Json;
using AdaptiveServe.Lab.Benchmarks.Workload;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Benchmarks.Client;

/// <summary>Sends requests to a server with OpenAI's interface and measures its streams. Safe for use by several threads.</summary>
internal sealed class CompletionClient : IDisposable
{
    private const int MaxErrorBytes = 1 << 20;

    private readonly BenchOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly string _base;

    public CompletionClient(BenchOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        string url = options.Url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        _base = url.EndsWith("/v1", StringComparison.Ordinal) ? url : url + "/v1";

        // Through a proxy the proxy would be measured. A redirect would be measured twice, and may be sent the key.
        SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false, MaxConnectionsPerServer = int.MaxValue };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (options.ApiKey is { } key) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>The first model that the server lists.</summary>
    /// <exception cref="LabException">The server cannot be reached or lists none.</exception>
    public async Task<string> FindModelAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource timeout = StartTimeout(cancellation);
        try
        {
            using HttpResponseMessage response =
                await _http.GetAsync($"{_base}/models", HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            byte[] body = await ReadBodyAsync(response, timeout.Token);
            if (!response.IsSuccessStatusCode) throw new LabException($"{_base}/models: {Refusal(response, body).Failure}");
            using JsonDocument models = JsonDocument.Parse(body);
            return models.RootElement.GetProperty("data")[0].GetProperty("id").GetString() ?? throw new JsonException("the id is null");
        }
        catch (Exception exception) when (FailureOf(exception, cancellation) is { } failure)
        {
            throw new LabException($"{_base}/models: {failure}", exception);
        }
        catch (Exception exception) when (exception
            is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new LabException($"{_base}/models: lists no model; name one with --model", exception);
        }
    }

    /// <summary>Sends a request and reads its answer to the end.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="model">Who is asked.</param>
    /// <param name="arrival">The clock's timestamp from which times are counted.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public async Task<Reply> SendAsync(BenchRequest request, string model, long arrival, CancellationToken cancellation)
    {
        using CancellationTokenSource timeout = StartTimeout(cancellation);
        try
        {
            using HttpRequestMessage message = CreateMessage(request, model);
            using HttpResponseMessage response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (!response.IsSuccessStatusCode) return Refusal(response, await ReadBodyAsync(response, timeout.Token));
            if (response.Content.Headers.ContentType?.MediaType is not "text/event-stream" and var type)
                return Reply.Failed(RequestFailure.MalformedStream, $"the answer is {type ?? "of no type"}, not text/event-stream");
            return await ReadStreamAsync(response, arrival, timeout.Token);
        }
        catch (Exception exception) when (FailureOf(exception, cancellation) is { } failure)
        {
            return new Reply { Failure = failure };
        }
    }

    public void Dispose() => _http.Dispose();

    private CancellationTokenSource StartTimeout(CancellationToken cancellation)
    {
        CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(_options.Timeout);
        return timeout;
    }

    private HttpRequestMessage CreateMessage(BenchRequest request, string model) =>
        new(HttpMethod.Post, $"{_base}/{(_options.Api == BenchApi.Chat ? "chat/completions" : "completions")}")
        {
            Content = new ByteArrayContent(RequestBody.Write(request, model, _options))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };

    private async Task<Reply> ReadStreamAsync(HttpResponseMessage response, long arrival, CancellationToken cancellation)
    {
        ReplyTimeline timeline = new(_clock, arrival);
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        await foreach (StreamChunk chunk in EventStream.ReadAsync(stream, cancellation))
        {
            if (chunk.Error is { } error) return Reply.Failed(RequestFailure.StreamError, error.Message ?? "no message", code: error.Name);
            timeline.Add(chunk);
        }

        return timeline.End();
    }

    private static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await response.Content.LoadIntoBufferAsync(MaxErrorBytes, cancellation);
        return await response.Content.ReadAsByteArrayAsync(cancellation);
    }

    private static Reply Refusal(HttpResponseMessage response, byte[] body)
    {
        ApiError? error = null;
        try
        {
            error = JsonSerializer.Deserialize<ApiError.Body>(body, LabJson.Line)?.Error;
        }
        catch (JsonException)
        {
            // Proxies answer with pages of their own; the status says enough.
        }

        string message = error?.Message ?? response.ReasonPhrase ?? "no message";
        return Reply.Failed(RequestFailure.Http, message, (int)response.StatusCode, error?.Name);
    }

    /// <summary>What an exception says about the server; null for one that says nothing about it.</summary>
    private RequestFailure? FailureOf(Exception exception, CancellationToken cancellation) => exception switch
    {
        OperationCanceledException when !cancellation.IsCancellationRequested =>
            new(RequestFailure.Timeout, $"no complete answer within {_options.Timeout.TotalSeconds} s"),
        InvalidDataException => new(RequestFailure.MalformedStream, exception.Message),
        HttpRequestException or IOException => new(RequestFailure.Connection, exception.Message),
        _ => null,
    };
}
