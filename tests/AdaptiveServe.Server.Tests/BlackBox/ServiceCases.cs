using System.Net;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.BlackBox;

/// <summary>What inference servers are tested for from outside: the service itself. The numbers are those of the list of cases.</summary>
public class ServiceCases(ChatServer chat)
{
    private readonly TestServer _server = chat.Server;

    [Fact]
    public async Task Case01_Health_AfterLoading_IsOk()
    {
        foreach (string path in (string[])["/health", "/health/ready", "/health/live"])
            Assert.Equal("""{"status":"ok"}""", (await _server.GetAsync(path)).Expect(200).GetRawText());
    }

    [Fact]
    public async Task Case02_Health_WhileLoading_IsUnavailable()
    {
        using var loads = new ManualResetEventSlim();
        await using TestServer server = await TestServer.StartLoadingAsync(services => services.UseRunner(() =>
        {
            loads.Wait(Poll.Limit);
            return new ParrotModelRunner();
        }));
        try
        {
            (await server.GetAsync("/health/live")).Expect(200);
            foreach (string path in (string[])["/health", "/health/ready", "/v1/models"])
                Assert.True((await server.GetAsync(path)).ExpectError(503, "service_unavailable_error", "model_loading").RetryAfterSeconds >= 1);
            (await server.ChatAsync(new { messages = Chats.User("x") })).ExpectError(503, "service_unavailable_error", "model_loading");
        }
        finally
        {
            loads.Set();
        }

        await server.WaitUntilLoadedAsync();
        (await server.GetAsync("/health")).Expect(200);
    }

    [Fact]
    public async Task Case03_Models_List_HasTheModel()
    {
        var list = (await _server.GetAsync("/v1/models")).Expect(200);
        Assert.Equal(("list", "fake"), (list.GetProperty("object").GetString(), list.GetProperty("data")[0].GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Case04_Models_Unknown_IsNotFound()
    {
        (await _server.GetAsync("/v1/models/unknown")).ExpectError(404, "invalid_request_error", "model_not_found", "model");
        foreach (bool stream in (bool[])[false, true])
            (await _server.ChatAsync(new { model = "unknown", messages = Chats.User("x"), stream })).ExpectError(404, "invalid_request_error", "model_not_found", "model");
    }

    [Fact]
    public async Task Case05And06_Key_GuardsAllButHealth()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("api-key", "right"));
        foreach (string? key in (string?[])[null, "wrong"])
        {
            server.Client.DefaultRequestHeaders.Authorization = key is null ? null : new("Bearer", key);
            (await server.GetAsync("/v1/models")).ExpectError(401, "authentication_error", "invalid_api_key");
            (await server.CompleteAsync(new { prompt = "x" })).ExpectError(401, "authentication_error", "invalid_api_key");
            (await server.GetAsync("/health")).Expect(200);
        }

        server.Client.DefaultRequestHeaders.Authorization = new("Bearer", "right");
        Assert.Equal("x", (await server.GetCompletionAsync(new { prompt = "x" })).Text);
    }

    [Fact]
    public async Task Case07_Options_WithOrigin_HasTheHeaders()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("cors-origin", "https://app.example"));
        using var request = new HttpRequestMessage(HttpMethod.Options, Chats.Path)
        {
            Headers = { { "Origin", "https://app.example" }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization" } },
        };
        using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(["https://app.example"], response.Headers.GetValues("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Case35_Client_LeavesInTheMiddle_FreesItsPlaceAndHarmsNobody()
    {
        await using GatedServer gated = await GatedServer.StartAsync();
        Task<EventStream> opening = gated.Server.OpenStreamAsync(new { prompt = new string('x', 500), max_tokens = 1000, stream = true });
        await gated.StepUntilAsync(() => opening.IsCompleted, "the first part");
        Task<Completion> other = gated.Server.GetCompletionAsync(new { prompt = "unharmed" });
        await Poll.UntilAsync(() => gated.Server.Engine.Snapshot() is var snapshot && snapshot.Running + snapshot.Waiting == 2, "both");
        Assert.Equal(2, (await PageAsync(2))["adaptiveserve_num_requests_running"]);
        await (await opening).DisposeAsync();
        await gated.StepUntilAsync(() => other.IsCompleted, "the other's answer");
        Assert.Equal("unharmed", (await other).Text);
        await gated.StepUntilAsync(() => gated.Server.Engine.Snapshot() is { Running: 0, LargeBlocks.Held: 0 }, "freeing");

        Task<MetricsPage> PageAsync(double running)
        {
            gated.Gate.Allow(1); // so that the engine takes the second one in
            return MetricsPage.ReadUntilAsync(gated.Server, "adaptiveserve_num_requests_running", running);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Case36_Queue_IsFull_SaysSoBeforeAnyEvent(bool stream)
    {
        await using GatedServer gated = await GatedServer.StartAsync(("max-sequences", "1"), ("max-queued-requests", "1"));
        Task<Completion> runs = gated.Server.GetCompletionAsync(new { prompt = "runs" });
        await gated.WaitUntilBlockedAsync();
        Task<Completion> waits = gated.Server.GetCompletionAsync(new { prompt = "waits" });
        await Poll.UntilAsync(() => gated.Server.Engine.Snapshot().Waiting == 1, "queueing");
        Answer refused = (await gated.Server.CompleteAsync(new { prompt = "too many", stream })).ExpectError(429, "rate_limit_error", "queue_full");
        Assert.InRange(refused.RetryAfterSeconds, 1, 60);
        gated.Gate.Open();
        Assert.Equal(("runs", "waits"), ((await runs).Text, (await waits).Text));
    }

    [Fact]
    public async Task Case37_Engine_FailsInTheMiddle_IsAnEventAndTheNextIsServed()
    {
        bool fails = false;
        await using GatedServer gated = await GatedServer.StartAsync(_ => { if (Volatile.Read(ref fails)) throw new InvalidOperationException("as told"); });
        Task<EventStream> opening = gated.Server.OpenStreamAsync(new { prompt = "abc", stream = true });
        await gated.StepUntilAsync(() => opening.IsCompleted, "the first part");
        Volatile.Write(ref fails, true);
        gated.Gate.Open();
        await using EventStream stream = await opening;
        Assert.Equal("server_error", (await stream.ReadToEndAsync())[^1].GetProperty("error").GetProperty("type").GetString()); // [DONE] was checked
        Volatile.Write(ref fails, false);
        Assert.Equal("next", (await gated.Server.GetCompletionAsync(new { prompt = "next" })).Text);
    }

    [Fact]
    public async Task Case38_Many_MoreThanPlaces_EachIsServed()
    {
        using var template = new TemplateFile(TemplateFile.Scripted);
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("max-sequences", "4"), ("chat-template", template.Path));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            string said = $"client {i} says {new string((char)('a' + i % 26), i)}";
            Assert.Equal(said, (await server.GetChatAsync(stream: i % 2 == 0, ("messages", Chats.User(said)))).Content);
        }));
        await server.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task Case40_Metrics_GrowByTheExactTokens()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner());
        const string Prompt = "adaptiveserve_prompt_tokens_total", Generated = "adaptiveserve_generation_tokens_total{role=\"large\"}";
        Assert.Equal((0, 0), ((await MetricsPage.ReadAsync(server))[Prompt], (await MetricsPage.ReadAsync(server))[Generated]));
        await server.GetCompletionAsync(new { prompt = "abc" }); // and the token that begins a text, and the one that ends it
        MetricsPage page = await MetricsPage.ReadUntilAsync(server, Prompt, 4);
        Assert.Equal((4, 4), (page[Prompt], page[Generated]));
        var tokens = (await server.PostAsync("""{"prompt": "round trip ä"}""", "/tokenize")).Expect(200).GetProperty("tokens");
        Assert.Equal("round trip ä", (await server.PostAsync($$"""{"tokens": {{tokens}}}""", "/detokenize")).Expect(200).GetProperty("prompt").GetString());
        foreach (string path in (string[])["/debug", "/sleep", "/abort_requests", "/v1/load_lora_adapter"])
            (await server.PostAsync("{}", path)).ExpectError(404, "invalid_request_error", "unknown_url");
    }
}
