using System.Text.Json;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.OpenAI.Adaptive;

/// <summary>Answers along routes through the layers of a large model that has four; the third is missed least, then the second.</summary>
public class LayerRoutingTests(ChatServer chat, PairServer pair)
{
    private const string Question = "which layers does it take?";
    private const int Length = 20;

    private readonly TestServer _single = chat.Server, _pair = pair.Server;

    public static TheoryData<string, int[]> Routes => new()
    {
        { """{"layers": [0, 2, 3]}""", [0, 2, 3] },
        { """{"layers": [1, 1, 3, 3]}""", [1, 1, 3, 3] },
        { """{"budget": 0.5}""", [0, 3] },
        { """{"budget": 0.75, "router": "static"}""", [0, 1, 3] },
        { """{"budget": 0.01}""", [0] },
        { """{"budget": 0.1, "router": "random", "layers": [3]}""", [3] },
    };

    [Theory, MemberData(nameof(Routes))]
    public async Task Route_Any_IsRunAndReported(string routing, int[] layers)
    {
        var route = new LayerRoute(layers, modelLayers: 4, maxRepeats: 2);
        List<int> expected = FakeModelRunner.Continue(
            _pair.Model.Tokenizer.Encode(Question, addSpecialTokens: false), new SamplingParams { MaxTokens = Length, IgnoreEos = true }, route, _pair.Engine.Info);
        foreach (bool stream in (bool[])[false, true])
        {
            ChatReply reply = await AskAsync(stream, "fake:routed", $$"""{"routing": {{routing}}, "trace": true}""");
            Assert.Equal(expected, reply.Trace.Select(record => record.GetProperty("id").GetInt32()));
            Assert.Equal(("routed", false), (reply.Adaptive.GetProperty("target").GetString(), reply.Adaptive.GetProperty("exact").GetBoolean()));
            Assert.Equal((Length * route.Executed, Length * route.Skipped, Length * route.Repeated), Layers(reply));
            Assert.All(reply.Trace, record => Assert.Equal(layers.Length, record.GetProperty("layers").GetInt32()));
        }
    }

    /// <summary>The router of these models leaves the second layer out of some prompts, runs the first twice for others, and all layers for the rest.</summary>
    [Theory]
    [InlineData("learned", "a", 0), InlineData("learned", "b", 0), InlineData("learned", "c", 0), InlineData("lac", "d", 0), InlineData("learned", "e", 2), InlineData("learned", "f", 2)]
    public async Task Route_OfThePrompt_IsRunAndReported(string router, string question, int others)
    {
        int[] prompt = _pair.Model.Tokenizer.Encode(question, addSpecialTokens: false);
        LayerRoute route = FakeModelRunner.RouteOf(prompt, _pair.Engine.Info);
        bool isWhole = route.Repeated == 0;
        SamplingParams sampling = new() { MaxTokens = Length, IgnoreEos = true };
        List<int> expected = FakeModelRunner.Continue(prompt, sampling, route.IsPlain ? null : route, _pair.Engine.Info, isWhole ? prompt.Length : 0);
        string adaptive = $$"""{"routing": {"router": "{{router}}"}, "trace": true}""";
        foreach (bool stream in (bool[])[false, true])
        {
            ChatReply reply = await _pair.GetChatAsync(stream, ("model", "fake:routed"), ("messages", Chats.User(question)), ("max_tokens", Length),
                ("ignore_eos", true), ("seed", 0), ("n", 1 + others), ("adaptive", JsonElement.Parse(adaptive)));
            int choices = 1 + others, routed = choices * (Length - (isWhole ? 1 : 0)); // the first token comes of the prompt
            Assert.Equal((choices * Length * 4 - routed * route.Skipped, routed * route.Skipped, routed * route.Repeated), Layers(reply));
            JsonElement scores = reply.Adaptive.GetProperty("layer_scores");
            Assert.Equal(choices, scores.GetArrayLength());
            Assert.All(scores.EnumerateArray(), one => Assert.Equal(Enumerable.Range(0, 4).Select(layer => route.Runs(layer) ? 0 : 1), one.EnumerateArray().Select(score => score.GetInt32())));
            if (others > 0) continue;
            Assert.Equal(expected, reply.Trace.Select(record => record.GetProperty("id").GetInt32()));
            Assert.Equal(router == "lac" ? expected.Select(id => (int?)(id % 4)) : expected.Select(_ => (int?)null), reply.Trace.Select(VoidLayer));
            Assert.Equal(expected.Select((_, i) => i == 0 && isWhole ? 4 : route.Layers.Count), reply.Trace.Select(record => record.GetProperty("layers").GetInt32()));
        }
    }

    [Fact]
    public async Task Scores_WithoutTraceOrRouter_AreAbsent()
    {
        foreach (string adaptive in (string[])["""{"routing": {"router": "learned"}}""", """{"trace": true}"""])
            Assert.False((await AskAsync(false, "fake:routed", adaptive)).Adaptive.TryGetProperty("layer_scores", out _));
    }

    [Theory, InlineData("small"), InlineData("ngram"), InlineData("self")]
    public async Task Proposal_OnARouteOfThePrompt_ChangesNoToken(string proposal)
    {
        ChatReply alone = await AskAsync(false, "fake:routed", """{"routing": {"router": "learned"}}""");
        ChatReply drafted = await AskAsync(true, "fake:routed", Drafting.Always($$"""{"routing": {"router": "learned"}, "proposal": "{{proposal}}"}"""));
        Assert.Equal(alone.Content, drafted.Content);
        Assert.Equal(Layers(alone), Layers(drafted));
    }

    /// <summary>A route that is given, behind a whole prompt.</summary>
    [Fact]
    public async Task Prompt_Whole_BeginsTheRouteBehindIt()
    {
        int[] prompt = _pair.Model.Tokenizer.Encode(Question, addSpecialTokens: false);
        ChatReply reply = await AskAsync(false, "fake:routed", """{"routing": {"layers": [0, 2, 3], "prompt": "whole"}, "trace": true}""");
        Assert.Equal(
            FakeModelRunner.Continue(prompt, new SamplingParams { MaxTokens = Length, IgnoreEos = true }, new LayerRoute([0, 2, 3], 4, 0), _pair.Engine.Info, prompt.Length),
            reply.Trace.Select(record => record.GetProperty("id").GetInt32()));
        Assert.Equal((Length * 4 - (Length - 1), Length - 1, 0), Layers(reply));
    }

    [Theory, InlineData("""{"layers": [0, 1, 2, 3]}"""), InlineData("""{"budget": 1}"""), InlineData("""{"budget": 1, "router": "random"}""")]
    public async Task Route_AllLayers_IsThePlainModel(string routing)
    {
        ChatReply plain = await AskAsync(false, "fake", "{}"), all = await AskAsync(false, "fake:routed", $$"""{"routing": {{routing}}}""");
        Assert.Equal(plain.Content, all.Content);
        Assert.Equal((4 * Length, 0, 0), Layers(all));
    }

    /// <summary>Whatever drafts: the tokens are those of the route alone.</summary>
    [Theory, InlineData("small"), InlineData("ngram"), InlineData("self")]
    public async Task Proposal_OnARoute_ChangesNoToken(string proposal)
    {
        const string Routing = """{"layers": [0, 1, 1, 3]}""";
        ChatReply alone = await AskAsync(false, "fake:routed", $$"""{"routing": {{Routing}}}""");
        ChatReply drafted = await AskAsync(true, "fake:routed", $$"""{"routing": {{Routing}}, "proposal": "{{proposal}}"}""");
        Assert.Equal(alone.Content, drafted.Content);
        Assert.Equal(Layers(alone), Layers(drafted));
    }

    [Theory]
    [InlineData("""{"stop": "fixed"}""")]
    [InlineData("""{"stop": "fixed", "speculation": {"budget": 0.25, "max_draft": 3}}""")]
    [InlineData("""{"speculation": {"budget": 1}}""")]
    public async Task Self_AnyDraft_GivesTheTokensOfPlain(string adaptive)
    {
        ChatReply plain = await AskAsync(false, "fake", "{}");
        string self = $$"""{"proposal": "self", "exact": true, {{adaptive[1..]}}""";
        foreach (bool stream in (bool[])[false, true])
        {
            ChatReply reply = await AskAsync(stream, "fake", Drafting.Always(self));
            Assert.Equal((plain.Content, true), (reply.Content, reply.Adaptive.GetProperty("exact").GetBoolean()));
            Assert.Equal(0, reply.Adaptive.GetProperty("forwards").GetProperty("small").GetInt32());
            Assert.InRange(reply.Adaptive.GetProperty("drafted").GetInt32(), 1, int.MaxValue);
            Assert.Equal((4 * Length, 0, 0), Layers(reply));
        }
    }

    [Theory]
    [InlineData("""{"layers": []}""", "at least one layer")]
    [InlineData("""{"layers": [0, 4]}""", "no layer 4")]
    [InlineData("""{"layers": [2, 1]}""", "ascending order")]
    [InlineData("""{"layers": [2, 2, 2]}""", "more than twice")]
    [InlineData("""{"layers": [0, 0, 1, 1, 2, 2]}""", "3 layers run twice")]
    public async Task Layers_NoRoute_AreRefused(string routing, string reason)
    {
        foreach (string target in (string[])["routed", "large"]) // wrong is wrong, whether it is used or not
        {
            Answer answer = await _pair.PostAsync(
                $$"""{"messages": [{"role": "user", "content": "x"}], "adaptive": {"target": "{{target}}", "routing": {{routing}} } }""", Chats.Path);
            Assert.Contains(reason, answer.ExpectError(400, "invalid_request_error", "invalid_value", "adaptive.routing.layers").Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"target": "routed"}""", "adaptive.routing.router")]
    [InlineData("""{"proposal": "self"}""", "adaptive.proposal")]
    public async Task Ranking_NotThere_IsRefused(string adaptive, string param)
    {
        Answer answer = await _single.PostAsync($$"""{"messages": [{"role": "user", "content": "x"}], "adaptive": {{adaptive}}}""", Chats.Path);
        string message = answer.ExpectError(400, "invalid_request_error", "not_supported", param).Message;
        Assert.Contains("rank-layers", message, StringComparison.Ordinal);
        (await _single.GetAsync("/v1/models/fake:routed")).ExpectError(404, "invalid_request_error", "model_not_found", "model");
    }

    [Theory, InlineData("""{"target": "routed"}""")]
    public async Task Exact_Routed_IsRefused(string adaptive) =>
        (await _pair.PostAsync($$"""{"messages": [{"role": "user", "content": "x"}], "adaptive": {"exact": true, {{adaptive[1..]}}}""", Chats.Path))
            .ExpectError(400, "invalid_request_error", "invalid_value", "adaptive.exact");

    private Task<ChatReply> AskAsync(bool stream, string model, string adaptive) => _pair.GetChatAsync(stream,
        ("model", model), ("messages", Chats.User(Question)), ("max_tokens", Length), ("ignore_eos", true), ("seed", 0), ("adaptive", JsonElement.Parse(adaptive)));

    private static int? VoidLayer(JsonElement record) => record.TryGetProperty("void_layers", out JsonElement layers) ? Assert.Single(layers.EnumerateArray()).GetInt32() : null;

    private static (int Executed, int Skipped, int Repeated) Layers(ChatReply reply)
    {
        JsonElement layers = reply.Adaptive.GetProperty("layers");
        return (layers.GetProperty("executed").GetInt32(), layers.GetProperty("skipped").GetInt32(), layers.GetProperty("repeated").GetInt32());
    }
}
