using System.Text.Json;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.OpenAI.Adaptive;

public class AdaptiveReportTests(ChatServer chat, PairServer pair, RandomChatServer random)
{
    private const string Question = "which model says this?";

    private readonly TestServer _single = chat.Server, _pair = pair.Server, _random = random.Server;

    /// <summary>The models of the pair say different things, and each name is answered by its own.</summary>
    [Theory]
    [InlineData("fake", null, "large")]
    [InlineData("fake:large", null, "large")]
    [InlineData("fake:small", null, "small")]
    [InlineData("fake", "small", "small")]
    [InlineData("fake:small", "large", "large")]
    public async Task Target_OfAPair_RunsOnItsModel(string model, string? target, string expected)
    {
        ModelRole role = expected == "small" ? ModelRole.Small : ModelRole.Large;
        foreach (bool stream in (bool[])[false, true])
        {
            ChatReply reply = await _pair.GetChatAsync(
                stream, ("model", model), ("messages", Chats.User(Question)), ("seed", 0), ("max_tokens", 30), ("adaptive", new { target, trace = true }));
            List<int> tokens = Expected(role);
            Assert.Equal(model, reply.Model);
            Assert.Equal(tokens, reply.Trace.Select(record => record.GetProperty("id").GetInt32()));
            Assert.All(reply.Trace, record => Assert.Equal(expected, record.GetProperty("role").GetString()));
            (int small, int large) = role == ModelRole.Small ? (tokens.Count, 0) : (0, tokens.Count);
            Check(reply.Adaptive, expected, small, large);
        }
    }

    [Fact]
    public void Target_OfAPair_Differs() => Assert.NotEqual(Expected(ModelRole.Small), Expected(ModelRole.Large));

    [Theory, InlineData("fake:"), InlineData("fake:Small"), InlineData("fake:small:small"), InlineData(":small"), InlineData("other"), InlineData("")]
    public async Task Alias_Unknown_IsNotFound(string model) =>
        (await _pair.ChatAsync(new { model, messages = Chats.User("x") })).ExpectError(404, "invalid_request_error", "model_not_found", "model");

    [Fact]
    public async Task Alias_OfTheModelsThatRun_AreListed()
    {
        Assert.Equal(["fake", "fake:large", "fake:small", "fake:entropy", "fake:speculative", "fake:routed"], await ListAsync(_pair));
        Assert.Equal(["fake", "fake:large"], await ListAsync(_single));
        foreach ((string suffix, string field) in ((string, string)[])[("small", "target"), ("entropy", "target"), ("speculative", "proposal")])
        {
            (await _single.GetAsync($"/v1/models/fake:{suffix}")).ExpectError(404, "invalid_request_error", "model_not_found", "model");
            (await _single.ChatAsync(new { model = $"fake:{suffix}", messages = Chats.User("x") }))
                .ExpectError(400, "invalid_request_error", "invalid_value", $"adaptive.{field}");
        }

        foreach (string? name in await ListAsync(_pair)) Assert.Equal(name, (await _pair.GetAsync($"/v1/models/{name}")).Expect(200).GetProperty("id").GetString());

        static async Task<List<string?>> ListAsync(TestServer server) =>
            [.. (await server.GetAsync("/v1/models")).Expect(200).GetProperty("data").EnumerateArray().Select(card => card.GetProperty("id").GetString())];
    }

    /// <summary>Two layers; each choice runs a forward a token, the first one over the prompt.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Report_RealModel_CountsTokensForwardsAndLayers(bool stream)
    {
        ChatReply reply = await _random.GetChatAsync(stream, ("messages", Chats.User("the")), ("n", 2), ("max_tokens", 9), ("ignore_eos", true), ("adaptive", new { trace = true }));
        Check(reply.Adaptive, "large", 0, 18);
        Assert.Equal(18, reply.Adaptive.GetProperty("forwards").GetProperty("large").GetInt32());
        Assert.Equal((36, 0, 0), Layers(reply.Adaptive));
        Assert.Equal(18, reply.Trace.Count);
        Assert.All(reply.Trace, record =>
        {
            Assert.Equal(2, record.GetProperty("layers").GetInt32());
            Assert.InRange(record.GetProperty("entropy").GetSingle(), 0.001f, 8.1f);
            Assert.Equal((false, "generated"), (record.GetProperty("drafted").GetBoolean(), record.GetProperty("outcome").GetString()));
        });
    }

    /// <summary>The end token and what a stop string cuts off were computed too.</summary>
    [Theory]
    [InlineData("abc", null, "a b c </s>")]
    [InlineData("abXYc", "XY", "a b X Y")]
    [InlineData("abXYc", "a", "a")]
    public async Task Trace_EveryEnd_HasARecordForEachToken(string content, string? stop, string expected)
    {
        foreach (bool stream in (bool[])[false, true])
        {
            ChatReply reply = await _single.GetChatAsync(stream, ("messages", Chats.User(content)), ("stop", stop), ("adaptive", new { trace = true }));
            Assert.Equal(expected, string.Join(' ', reply.Trace.Select(record => record.GetProperty("token").GetString())));
            Assert.Equal(reply.Usage!.Completion, reply.Trace.Count);
        }
    }

    [Fact]
    public async Task Trace_Streamed_ComesWithItsTokens()
    {
        List<JsonElement> parts = await _single.GetChatPartsAsync(new { messages = Chats.User("abc"), stream = true, adaptive = new { trace = true } });
        foreach (JsonElement part in parts)
        {
            if (!part.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out JsonElement content) || content.GetString() is not { Length: > 0 } text) continue;
            Assert.Equal(text, Assert.Single(part.GetProperty("adaptive").GetProperty("trace").EnumerateArray()).GetProperty("token").GetString());
        }

        Assert.False(parts[^1].GetProperty("adaptive").TryGetProperty("trace", out _)); // the sums alone
    }

    [Fact]
    public async Task Trace_NotAskedFor_IsAbsent()
    {
        Assert.False((await _single.GetChatAsync(new { messages = Chats.User("abc") })).Adaptive.TryGetProperty("trace", out _));
        Assert.Empty((await _single.GetStreamedChatAsync(new { messages = Chats.User("abc"), stream = true })).Trace);
    }

    private List<int> Expected(ModelRole role) => FakeModelRunner.Continue(
        _pair.Model.Tokenizer.Encode(Question, addSpecialTokens: false), new SamplingParams { MaxTokens = 30 }, role, _pair.Engine.Info);

    private static void Check(JsonElement report, string target, int small, int large)
    {
        Assert.Equal(
            ["accepted", "drafted", "exact", "forwards", "layers", "proposal", "switches", "target", "tokens"],
            report.EnumerateObject().Select(property => property.Name).Where(name => name != "trace").Order());
        Assert.Equal((target, "none", target == "large"),
            (report.GetProperty("target").GetString(), report.GetProperty("proposal").GetString(), report.GetProperty("exact").GetBoolean()));
        JsonElement tokens = report.GetProperty("tokens");
        Assert.Equal((small, large, large),
            (tokens.GetProperty("small").GetInt32(), tokens.GetProperty("large").GetInt32(), tokens.GetProperty("processed_by_large").GetInt32()));
        Assert.Equal((0, 0, 0),
            (report.GetProperty("drafted").GetInt32(), report.GetProperty("accepted").GetInt32(), report.GetProperty("switches").GetInt32()));
    }

    private static (int Executed, int Skipped, int Repeated) Layers(JsonElement report)
    {
        JsonElement layers = report.GetProperty("layers");
        return (layers.GetProperty("executed").GetInt32(), layers.GetProperty("skipped").GetInt32(), layers.GetProperty("repeated").GetInt32());
    }
}
