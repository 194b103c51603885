using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Adaptive;
using AdaptiveServe.Server.OpenAI.Fields;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Server.Tests.OpenAI.Completions;

namespace AdaptiveServe.Server.Tests.OpenAI.Adaptive;

public class AdaptiveFieldsTests(ChatServer chat, PairServer pair)
{
    private readonly TestServer _single = chat.Server, _pair = pair.Server;

    private static readonly IField[] Fields =
    [
        .. AdaptiveFields.All, .. EntropyFields.All, .. CascadeFields.All, .. ControlFields.All, .. SpeculationFields.All, .. RoutingFields.All,
    ];

    public static IEnumerable<TheoryDataRow<string>> Names => Fields.Select(known => new TheoryDataRow<string>(known.Name));

    [Theory, MemberData(nameof(Names))]
    public async Task Field_WrongType_IsRefused(string name)
    {
        foreach (string value in WrongValues.Types(Field(name))) await RefusedAsync(name, value, "invalid_type");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Field_WrongValue_IsRefused(string name)
    {
        foreach (string value in WrongValues.Values(Field(name))) await RefusedAsync(name, value, null);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Field_Null_IsAbsent(string name)
    {
        foreach (string path in (string[])[Chats.Path, "/v1/completions"]) (await _single.PostAsync(Body(name, "null"), path)).Expect(200);
    }

    /// <summary>The models of these tests have no routers beside them.</summary>
    [Theory, InlineData("learned", "--method drllm"), InlineData("first", "--method first"), InlineData("lac", "lac")]
    public async Task Router_NotThere_IsRefused(string router, string help)
    {
        Answer answer = await _single.PostAsync(
            $$"""{"messages": [{"role": "user", "content": "x"}], "adaptive": {"target": "routed", "routing": {"router": "{{router}}"} } }""", Chats.Path);
        Assert.Contains(help, answer.ExpectError(400, "invalid_request_error", "not_supported", "adaptive.routing.router").Message, StringComparison.Ordinal);
    }

    /// <summary>The small models of the tests have no acceptance head.</summary>
    [Theory, InlineData("small"), InlineData("ngram")]
    public Task Learned_WithoutHead_IsRefused(string proposal) =>
        RefusedAsync("adaptive", $$"""{"proposal": "{{proposal}}", "stop": "learned"}""", "not_supported", "adaptive.stop");

    [Fact]
    public Task Acceptance_WithoutHead_IsRefused() => RefusedAsync(
        "adaptive", """{"target": "entropy", "entropy": {"criterion": "acceptance"}}""", "not_supported", "adaptive.entropy.criterion");

    [Theory, InlineData(-0.1), InlineData(1.1)]
    public Task Learned_ThresholdThatIsNoChance_IsRefused(double threshold) => RefusedAsync(
        "adaptive", FormattableString.Invariant($$$"""{"stop": "learned", "speculation": {"threshold": {{{threshold}}}}}"""), "invalid_value", "adaptive.speculation.threshold");

    [Theory]
    [InlineData("adaptive.target", "\"entropy\"")]
    [InlineData("adaptive.proposal", "\"small\"")]
    [InlineData("adaptive.proposal", "\"ngram\"")]
    [InlineData("adaptive.stop", "\"svip\"")]
    [InlineData("adaptive.entropy", "{}")]
    [InlineData("adaptive.entropy.criterion", "\"momentum\"")]
    [InlineData("adaptive.entropy.criterion", "\"max_probability\"")]
    [InlineData("adaptive.entropy.criterion", "\"margin\"")]
    [InlineData("adaptive.entropy.threshold", "-1e12")]
    [InlineData("adaptive.entropy.threshold", "1e12")]
    [InlineData("adaptive.entropy.threshold_down", "-1e12")]
    [InlineData("adaptive.entropy.threshold_down", "0.4")]
    [InlineData("adaptive.entropy.replace", "false")]
    [InlineData("adaptive.entropy.criterion", "\"acceptance\"")]
    [InlineData("adaptive.entropy.window", "4096")]
    [InlineData("adaptive.entropy.min_dwell", "2147483647")]
    [InlineData("adaptive.target", "\"cascade\"")]
    [InlineData("adaptive.cascade", "{}")]
    [InlineData("adaptive.cascade.rule", "\"confidence\"")]
    [InlineData("adaptive.cascade.threshold", "-1e12")]
    [InlineData("adaptive.target", "\"random\"")]
    [InlineData("adaptive.target", "\"periodic\"")]
    [InlineData("adaptive.control", "{}")]
    [InlineData("adaptive.control.share", "0")]
    [InlineData("adaptive.control.share", "1")]
    [InlineData("adaptive.control.segment", "2147483647")]
    [InlineData("adaptive.speculation", "{}")]
    [InlineData("adaptive.speculation.max_draft", "1")]
    [InlineData("adaptive.speculation.max_draft", "64")]
    [InlineData("adaptive.speculation.min_draft", "8")]
    [InlineData("adaptive.speculation.threshold", "-0.5")]
    [InlineData("adaptive.speculation.budget", "1")]
    [InlineData("adaptive.target", "\"routed\"")]
    [InlineData("adaptive.proposal", "\"self\"")]
    [InlineData("adaptive.routing", "{}")]
    [InlineData("adaptive.routing.router", "\"random\"")]
    [InlineData("adaptive.routing.router", "\"learned\"")]
    [InlineData("adaptive.routing.router", "\"lac\"")]
    [InlineData("adaptive.routing.prompt", "\"whole\"")]
    [InlineData("adaptive.routing.prompt", "\"routed\"")]
    [InlineData("adaptive.routing.budget", "1")]
    [InlineData("adaptive.routing.budget", "0.0001")]
    [InlineData("adaptive.routing.layers", "[3]")]
    [InlineData("adaptive.routing.layers", "[0, 0, 1, 2, 3, 3]")]
    public async Task Field_AtItsBounds_IsTaken(string name, string value)
    {
        foreach (string path in (string[])[Chats.Path, "/v1/completions"]) (await _pair.PostAsync(Body(name, value), path)).Expect(200);
    }

    /// <summary>What an absent member defaults to counts too.</summary>
    [Theory]
    [InlineData("adaptive.entropy.threshold_down", """{"threshold": 1, "threshold_down": 1.5}""")]
    [InlineData("adaptive.entropy.threshold_down", """{"threshold_down": 2}""")]
    [InlineData("adaptive.entropy.threshold_down", """{"criterion": "margin", "threshold_down": 0.5}""")]
    [InlineData("adaptive.entropy.threshold_down", """{"threshold": -2, "threshold_down": -1}""")]
    [InlineData("adaptive.speculation.min_draft", """{"min_draft": 5, "max_draft": 4}""")]
    [InlineData("adaptive.speculation.min_draft", """{"min_draft": 9}""")]
    public Task Members_ThatContradict_AreRefused(string name, string value) =>
        RefusedAsync(name[..name.LastIndexOf('.')], value, "invalid_value", name);

    /// <summary>A client may send all its settings with every request.</summary>
    [Fact]
    public async Task Settings_OfWhatIsNotUsed_AreCheckedAndOfNoEffect()
    {
        const string Adaptive = """{"entropy": {"threshold": 0.1}, "speculation": {"max_draft": 2}, "stop": "fixed"}""";
        string body = $$"""{"messages": [{"role": "user", "content": "as it is"}], "adaptive": {{Adaptive}}}""";
        ChatReply reply = ChatReply.Read((await _single.PostAsync(body, Chats.Path)).Expect(200));
        Assert.Equal(("as it is", 0), (reply.Content, reply.Adaptive.GetProperty("drafted").GetInt32()));
        await RefusedAsync("adaptive.entropy.window", "0", "out_of_range");
    }

    [Theory]
    [InlineData("adaptive.Target"), InlineData("adaptive.temperature"), InlineData("adaptive.")]
    [InlineData("adaptive.entropy.xyz"), InlineData("adaptive.entropy.Window"), InlineData("adaptive.entropy.")]
    [InlineData("adaptive.cascade.xyz"), InlineData("adaptive.control.xyz"), InlineData("adaptive.speculation.stop"), InlineData("adaptive.speculation.xyz")]
    [InlineData("adaptive.routing.xyz"), InlineData("adaptive.routing.Layers")]
    public Task Field_Unknown_IsRefused(string name) => RefusedAsync(name, "null", "unknown_field");

    [Theory, InlineData("1"), InlineData("[]"), InlineData("\"large\""), InlineData("true")]
    public async Task Adaptive_NotAnObject_IsRefused(string value) =>
        (await _single.PostAsync($$"""{"messages": [{"role": "user", "content": "x"}], "adaptive": {{value}}}""", Chats.Path))
            .ExpectError(400, "invalid_request_error", "invalid_type", "adaptive");

    [Fact]
    public async Task Exact_LargeTarget_IsTaken()
    {
        JsonElement report = (await _pair.GetChatAsync(new { messages = Chats.User("x"), seed = 0, max_tokens = 2, adaptive = new { exact = true } })).Adaptive;
        Assert.Equal(("large", true), (report.GetProperty("target").GetString(), report.GetProperty("exact").GetBoolean()));
    }

    [Theory]
    [InlineData("fake", """{"exact": true, "target": "small"}""")]
    [InlineData("fake:small", """{"exact": true}""")]
    public async Task Exact_OtherTarget_IsRefused(string model, string adaptive) =>
        (await _pair.PostAsync($$"""{"model": "{{model}}", "messages": [{"role": "user", "content": "x"}], "adaptive": {{adaptive}}}""", Chats.Path))
            .ExpectError(400, "invalid_request_error", "invalid_value", "adaptive.exact");

    [Fact]
    public async Task Cascade_DrafterThatIsNotTheSmallModel_IsRefused() =>
        (await _pair.ChatAsync(new { messages = Chats.User("x"), adaptive = new { target = "cascade", proposal = "ngram" } }))
            .ExpectError(400, "invalid_request_error", "invalid_value", "adaptive.proposal");

    [Theory]
    [InlineData("fake:entropy", """{"exact": true}""")]
    [InlineData("fake", """{"exact": true, "target": "cascade"}""")]
    [InlineData("fake", """{"exact": true, "target": "entropy"}""")]
    public Task Exact_Entropy_IsRefused(string model, string adaptive) => Exact_OtherTarget_IsRefused(model, adaptive);

    /// <summary>Drafts change no distribution.</summary>
    [Fact]
    public async Task Exact_Proposal_IsTaken()
    {
        ChatReply reply = await _pair.GetChatAsync(new { model = "fake:speculative", messages = Chats.User("x"), seed = 0, max_tokens = 9, adaptive = new { exact = true } });
        Assert.Equal(("small", true), (reply.Adaptive.GetProperty("proposal").GetString(), reply.Adaptive.GetProperty("exact").GetBoolean()));
    }

    [Theory]
    [InlineData("target", "small")]
    [InlineData("target", "entropy")]
    [InlineData("target", "cascade")]
    [InlineData("target", "random")]
    [InlineData("target", "periodic")]
    [InlineData("proposal", "small")]
    public async Task SmallModel_NotThere_IsRefused(string field, string word)
    {
        Answer answer = await _single.ChatAsync(new { messages = Chats.User("x"), adaptive = new Dictionary<string, string> { [field] = word } });
        string message = answer.ExpectError(400, "invalid_request_error", "invalid_value", $"adaptive.{field}").Message;
        Assert.StartsWith($"The {field} '{word}' needs", message, StringComparison.Ordinal);
        Assert.Contains("--small-model", message, StringComparison.Ordinal);
    }

    private static IField Field(string name) => Fields.Single(field => field.Name == name);

    private static string Body(string name, string value) =>
        $$"""{"messages": [{"role": "user", "content": "x"}], "prompt": "x", "max_tokens": 4, {{Nest(name, value)}}}""";

    /// <summary><c>a.b</c> and 1: <c>"a": {"b": 1}</c>.</summary>
    private static string Nest(string name, string value) =>
        name.Split('.').Reverse().Aggregate(value, (inner, key) => $$"""{"{{key}}": {{inner}}}""")[1..^1];

    /// <summary>In both endpoints, and where both models are.</summary>
    private async Task RefusedAsync(string name, string value, string? code, string? param = null)
    {
        foreach (string path in (string[])[Chats.Path, "/v1/completions"])
        {
            JsonElement error = (await _pair.PostAsync(Body(name, value), path)).Expect(400).GetProperty("error");
            Assert.Equal(param ?? name, error.GetProperty("param").GetString());
            if (code is not null) Assert.Equal(code, error.GetProperty("code").GetString());
        }
    }
}
