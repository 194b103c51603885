using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AdaptiveServe.Server.Telemetry;
using AdaptiveServe.Server.Tests.Harness;
using Microsoft.Extensions.Logging;

namespace AdaptiveServe.Server.Tests.Telemetry;

public sealed class RequestTelemetryTests : IAsyncLifetime
{
    private const string Model = "telemetry-test", Secret = "hunter2secret", Key = "the-key-nobody-may-see";

    private readonly LogCapture _logs = new();
    private readonly TemplateFile _template = new(TemplateFile.Scripted);
    private readonly ConcurrentQueue<Activity> _spans = new();

    private ActivityListener _listener = null!;
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RequestTelemetry.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.DisplayName.EndsWith(Model, StringComparison.Ordinal)) _spans.Enqueue(span); // other servers run in this process
            },
        };
        ActivitySource.AddActivityListener(_listener);
        _server = await TestServer.StartAsync(
            services => { services.UseRunner(() => new ParrotModelRunner()); _logs.Install(services); },
            ("served-model-name", Model), ("chat-template", _template.Path), ("api-key", Key), ("max-queued-requests", "4"));
        _server.Client.DefaultRequestHeaders.Add("X-Api-Key", Key);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _listener.Dispose();
        _template.Dispose();
        _logs.Dispose();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Span_OfAChat_HasTheAttributesOfTheConventions(bool stream)
    {
        await _server.GetChatAsync(stream, ("messages", Chats.User("abc")), ("n", 2), ("temperature", 0.5), ("top_p", 0.25), ("top_k", 7), ("max_tokens", 20));
        Activity span = await SpanAsync();
        Assert.Equal(($"chat {Model}", ActivityKind.Server, ActivityStatusCode.Unset), (span.DisplayName, span.Kind, span.Status));
        var expected = new Dictionary<string, object?>
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.provider.name"] = "adaptiveserve",
            ["gen_ai.request.model"] = Model,
            ["gen_ai.response.model"] = Model,
            ["gen_ai.request.choice.count"] = 2,
            ["gen_ai.request.stream"] = stream,
            ["gen_ai.request.temperature"] = 0.5f,
            ["gen_ai.request.top_p"] = 0.25f,
            ["gen_ai.request.top_k"] = 7,
            ["gen_ai.request.max_tokens"] = 20,
            ["gen_ai.usage.input_tokens"] = 3,
            ["gen_ai.usage.output_tokens"] = 8,
            ["gen_ai.usage.cache_read.input_tokens"] = 0,
            ["gen_ai.response.finish_reasons"] = new[] { "stop", "stop" },
            ["adaptiveserve.target"] = "large",
            ["adaptiveserve.proposal"] = "none",
        };
        Assert.Equivalent(expected, span.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value), strict: true);
    }

    [Fact]
    public async Task Span_OfACompletion_IsOne()
    {
        await _server.GetCompletionAsync(new { prompt = new[] { "ab", "cde" } });
        Activity span = await SpanAsync();
        Assert.Equal($"text_completion {Model}", span.DisplayName);
        Assert.Equal((7, 7), (span.GetTagItem("gen_ai.usage.input_tokens"), span.GetTagItem("gen_ai.usage.output_tokens")));
    }

    [Fact]
    public async Task Span_OfARefusedRequest_NamesTheError()
    {
        (await _server.CompleteAsync(new { prompt = "x", n = 5 })).Expect(400);
        Activity span = await SpanAsync();
        Assert.Equal((ActivityStatusCode.Error, "too_many_sequences"), (span.Status, span.GetTagItem("error.type")));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Log_OfARequest_IsOneLine(bool stream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Chats.Path)
        {
            Content = new StringContent(
                $$"""{"model": "{{Model}}:large", "messages": [{"role": "user", "content": "abc"}], "stream": {{(stream ? "true" : "false")}}}""", null, "application/json"),
            Headers = { { "X-Request-Id", "id-of-the-client" } },
        };
        using HttpResponseMessage response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() => Lines().Count > 0, "the line");
        LogEntry line = Assert.Single(Lines());
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Matches(
            $@"^id-of-the-client chat {Model}:large target large proposal none: 3 \+ 4 tokens, stop, first token after [0-9.]+ ms, [0-9.]+ ms in all$", line.Text);
        string[] numbers = [.. line.Text.Split(' ').Where(word => word.Contains('.', StringComparison.Ordinal))];
        Assert.True(Number(numbers[0]) <= Number(numbers[1]), line.Text);

        List<LogEntry> Lines() => [.. _logs.Entries.Where(entry => entry.Text.Contains("tokens", StringComparison.Ordinal))];

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Whatever happens to a request, what it says and the keys that it carries stay out of the logs.</summary>
    [Fact]
    public async Task Log_OfAnyRequest_HasNoTextAndNoKey()
    {
        await _server.GetChatAsync(new { messages = Chats.User($"my {Secret}") });
        await _server.GetStreamedChatAsync(new { messages = Chats.User($"my {Secret}"), stream = true, stop = Secret, user = Secret, metadata = new { a = Secret } });
        await _server.GetCompletionAsync(new { prompt = Secret, echo = true, logprobs = 1 });
        (await _server.PostAsync($$"""{"prompt": "{{Secret}}" """)).Expect(400);
        (await _server.PostAsync($$"""{"model": "{{Secret}}", "prompt": "x"}""")).Expect(404);
        (await _server.PostAsync($$"""{"messages": [{"role": "{{Secret}}"}]}""", Chats.Path)).Expect(400);
        (await _server.PostAsync($$"""{"prompt": "{{Secret}}", "n": 5}""")).Expect(400);
        (await _server.PostAsync($$"""{"prompt": "{{Secret}}"}""", "/tokenize")).Expect(200);
        (await _server.GetAsync($"/{Secret}?key={Secret}")).Expect(404);
        using (var wrong = new HttpRequestMessage(HttpMethod.Get, "/version"))
        {
            wrong.Headers.Add("Authorization", $"Bearer {Secret}");
            (await _server.SendAsync(wrong)).Expect(401);
        }

        await _server.WaitUntilIdleAsync();
        await Poll.UntilAsync(() => _logs.Entries.Count(entry => entry.Text.Contains(" tokens, ", StringComparison.Ordinal)) == 4, "the lines");
        Assert.All(_logs.Entries, entry =>
        {
            Assert.DoesNotContain(Secret, entry.Text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Key, entry.Text, StringComparison.Ordinal);
            Assert.True(entry.Level == LogLevel.Information, entry.Text); // what clients do wrong is no event of the server
        });
        foreach (Activity span in _spans)
            Assert.DoesNotContain(Secret, string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Append(span.DisplayName)), StringComparison.Ordinal);
    }

    /// <summary>The whole of an exception is for the log; the client hears only that it happened.</summary>
    [Fact]
    public async Task Log_OfAFailedStep_SaysWhyOnce()
    {
        using var logs = new LogCapture();
        await using TestServer server = await TestServer.StartAsync(services =>
        {
            services.UseRunner(() => new ParrotModelRunner { BeforeExecute = _ => throw new InvalidOperationException("the reason") });
            logs.Install(services);
        });
        Answer answer = (await server.CompleteAsync(new { prompt = Secret })).ExpectError(500, "server_error", "internal_error");
        Assert.DoesNotContain("the reason", answer.Message, StringComparison.Ordinal);
        await Poll.UntilAsync(() => logs.Entries.Any(entry => entry.Text.Contains(" tokens, ", StringComparison.Ordinal)), "the line");
        LogEntry error = Assert.Single(logs.Entries, entry => entry.Level >= LogLevel.Error);
        Assert.Contains("the reason", error.Text, StringComparison.Ordinal);
        Assert.Contains("internal_error", Assert.Single(logs.Entries, entry => entry.Text.Contains(" tokens, ", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        Assert.All(logs.Entries, entry => Assert.DoesNotContain(Secret, entry.Text, StringComparison.Ordinal));
    }

    private async Task<Activity> SpanAsync()
    {
        await Poll.UntilAsync(() => !_spans.IsEmpty, "the span");
        return Assert.Single(_spans);
    }
}
