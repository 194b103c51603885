using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Adaptive;
using AdaptiveServe.Server.OpenAI.Fields;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Server.Tests.OpenAI.Completions;

namespace AdaptiveServe.Server.Tests.OpenAI.Adaptive;

public class AdaptiveFieldsTests(ChatServer chat, PairServer pair)
{
    private readonly TestServer _single = chat.Server, _pair = pair.Server;

    public static IEnumerable<TheoryDataRow<string>> Names => AdaptiveFields.All.Select(known => new TheoryDataRow<string>(known.Name));

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

    [Theory]
    [InlineData("adaptive.target", "\"entropy\"")]
    [InlineData("adaptive.target", "\"routed\"")]
    [InlineData("adaptive.proposal", "\"small\"")]
    [InlineData("adaptive.proposal", "\"ngram\"")]
    [InlineData("adaptive.proposal", "\"self\"")]
    [InlineData("adaptive.stop", "\"learned\"")]
    [InlineData("adaptive.quality", "0.97")]
    [InlineData("adaptive.entropy", "{}")]
    [InlineData("adaptive.speculation", "{\"max_draft\": 4}")]
    [InlineData("adaptive.routing", "{}")]
    public Task Field_NotBuilt_IsRefused(string name, string value) => RefusedAsync(name, value, "not_supported");

    [Theory, InlineData("adaptive.Target"), InlineData("adaptive.temperature"), InlineData("adaptive.")]
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
    public async Task Target_SmallWithoutPair_IsRefused()
    {
        Answer answer = await _single.ChatAsync(new { messages = Chats.User("x"), adaptive = new { target = "small" } });
        Assert.Contains("--small-model", answer.ExpectError(400, "invalid_request_error", "invalid_value", "adaptive.target").Message, StringComparison.Ordinal);
    }

    private static IField Field(string name) => AdaptiveFields.All.Single(field => field.Name == name);

    private static string Body(string name, string value) =>
        $$$"""{"messages": [{"role": "user", "content": "x"}], "prompt": "x", "adaptive": {"{{{name["adaptive.".Length..]}}}": {{{value}}}}}""";

    /// <summary>In both endpoints, and where both models are.</summary>
    private async Task RefusedAsync(string name, string value, string? code)
    {
        foreach (string path in (string[])[Chats.Path, "/v1/completions"])
        {
            JsonElement error = (await _pair.PostAsync(Body(name, value), path)).Expect(400).GetProperty("error");
            Assert.Equal(name, error.GetProperty("param").GetString());
            if (code is not null) Assert.Equal(code, error.GetProperty("code").GetString());
        }
    }
}
