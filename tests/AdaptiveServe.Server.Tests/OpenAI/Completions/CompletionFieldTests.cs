using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Completions;
using AdaptiveServe.Server.OpenAI.Fields;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

/// <summary>Each field that <c>/v1/completions</c> takes, with each kind of wrong value that can be written into it.</summary>
public class CompletionFieldTests(ParrotServer parrot)
{
    private readonly TestServer _server = parrot.Server;

    public static IEnumerable<TheoryDataRow<string>> Names =>
        CompletionRequest.Fields.Select(known => new TheoryDataRow<string>(known.Name));

    [Theory, MemberData(nameof(Names))]
    public async Task Field_WrongType_IsRefused(string name)
    {
        foreach (string value in WrongValues.Types(Field(name)))
            Refused(name, value, await _server.PostAsync(Body(name, value)), "invalid_type");
        (await _server.PostAsync("""{"prompt": "x"}""")).Expect(200);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Field_WrongValue_IsRefused(string name)
    {
        foreach (string value in WrongValues.Values(Field(name)))
            Refused(name, value, await _server.PostAsync(Body(name, value)));
        (await _server.PostAsync("""{"prompt": "x"}""")).Expect(200);
    }

    public static IEnumerable<TheoryDataRow<string>> OptionalNames => Names.Where(name => name.Data != "prompt");

    [Theory, MemberData(nameof(OptionalNames))]
    public async Task Field_Null_IsAbsent(string name) =>
        Assert.Equal("x", Completion.Read((await _server.PostAsync(Body(name, "null"))).Expect(200)).Text);

    [Theory, MemberData(nameof(Names))]
    public async Task Field_Twice_IsRefused(string name) =>
        (await _server.PostAsync($$"""{"prompt": "x", "{{name}}": null, "{{name}}": null}""")).ExpectInvalid("invalid_json");

    [Fact]
    public void Fields_All_AreListedOnce()
    {
        Assert.Distinct(CompletionRequest.Fields.Select(field => field.Name));
        Assert.Contains(CompletionRequest.Fields, field => field.Name == "prompt");
    }

    [Theory]
    [InlineData("suffix", "\" end\"")]
    [InlineData("best_of", "2")]
    public async Task Field_NotSupported_IsRefused(string name, string value) =>
        (await _server.PostAsync(Body(name, value))).ExpectInvalid("not_supported", name);

    [Theory]
    [InlineData("stop_token_ids", "[263]")]
    [InlineData("stop_token_ids", "[-1]")]
    [InlineData("logit_bias", """{"263": 1}""")]
    public async Task Field_TokenOutsideVocabulary_IsRefused(string name, string value) =>
        (await _server.PostAsync(Body(name, value))).ExpectInvalid("invalid_value", name);

    [Theory]
    [InlineData("max_tokens", "3.0")]
    [InlineData("max_tokens", "3e0")]
    [InlineData("temperature", "0")]
    [InlineData("temperature", "2.0")]
    [InlineData("top_k", "-1")]
    [InlineData("stop", "[]")]
    [InlineData("stop_token_ids", "[]")]
    [InlineData("logit_bias", "{}")]
    [InlineData("suffix", "\"\"")]
    [InlineData("user", "\"someone\"")]
    [InlineData("metadata", """{"a": {"b": [1, null]}}""")]
    [InlineData("no_such_field", "{\"a\": [1]}")]
    public async Task Field_UnusualValue_IsTaken(string name, string value) =>
        Assert.Equal("x", Completion.Read((await _server.PostAsync(Body(name, value))).Expect(200)).Text);

    private static IField Field(string name) => CompletionRequest.Fields.Single(field => field.Name == name);

    private static string Body(string name, string value) =>
        name == "prompt" ? $$"""{"prompt": {{value}}}""" : $$"""{"prompt": "x", "{{name}}": {{value}}}""";

    private static void Refused(string name, string value, Answer answer, string? code = null)
    {
        Assert.True(answer.Status == 400, $"{name} = {value}: {answer.Status} {answer.Body}");
        JsonElement error = answer.Body.GetProperty("error");
        Assert.True(error.GetProperty("param").GetString() == name, $"{name} = {value}: {error}");
        Assert.Contains($"'{name}'", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        if (code is not null) Assert.True(error.GetProperty("code").GetString() == code, $"{name} = {value}: {error}");
    }
}
