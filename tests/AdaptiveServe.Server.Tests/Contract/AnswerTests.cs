using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>Answers of all forms keep to their schemas; <see cref="Conformance"/> looks.</summary>
public sealed class AnswerTests(RandomPairServer pair, ChatParrotServer parrot)
{
    private const string Call = """<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>""";

    private static readonly object[] Tools = [new { type = "function", function = new { name = "add" } }];

    public static TheoryData<string> CompletionVariants =>
    [
        "{}", """{"logprobs": 3}""", """{"logprobs": 2, "echo": true}""", """{"logprobs": 0, "echo": true, "max_tokens": 0}""", """{"echo": true}""",
        """{"n": 3}""", """{"prompt": ["a", "b"], "n": 2, "logprobs": 1, "echo": true}""", """{"adaptive": {"trace": true}}""",
        """{"adaptive": {"target": "small", "trace": true}, "logprobs": 1, "n": 2}""", """{"model": "demo:small"}""",
        """{"adaptive": {"target": "entropy", "entropy": {"threshold": 5, "min_dwell": 1}, "trace": true}, "n": 2}""", """{"model": "demo:speculative"}""",
        """{"adaptive": {"proposal": "ngram", "trace": true}, "temperature": 0, "max_tokens": 64, "ignore_eos": true}""",
        """{"min_tokens": 16, "logit_bias": {"0": 100}}""", """{"ignore_eos": true, "temperature": 2, "max_tokens": 64, "logprobs": 20}""",
    ];

    public static TheoryData<string> ChatVariants =>
    [
        "{}", """{"logprobs": true}""", """{"logprobs": true, "top_logprobs": 3}""", """{"n": 3}""", """{"adaptive": {"trace": true}}""",
        """{"adaptive": {"target": "small", "trace": true}, "logprobs": true, "top_logprobs": 1, "n": 2}""", """{"model": "demo:large"}""",
        """{"adaptive": {"target": "entropy", "entropy": {"threshold": 5}, "proposal": "small", "trace": true}, "n": 2}""", """{"model": "demo:entropy"}""",
        """{"temperature": 2, "max_tokens": 64, "logprobs": true, "top_logprobs": 20}""",
    ];

    public static TheoryData<string> StreamOptions => ["{}", """{"include_usage": true}""", """{"continuous_usage_stats": true}"""];

    [Theory, MemberData(nameof(CompletionVariants))]
    public Task CreateCompletion_Variants_KeepToTheirSchema(string variant) => CallInAllWaysAsync("createCompletion", variant);

    [Theory, MemberData(nameof(ChatVariants))]
    public Task CreateChatCompletion_Variants_KeepToTheirSchema(string variant) => CallInAllWaysAsync("createChatCompletion", variant);

    [Theory]
    [InlineData(Call, "tool_calls")]
    [InlineData("Let me see. " + Call + "\n" + Call, "tool_calls")]
    [InlineData("no call", "stop")]
    [InlineData("<tool_call>no call either</tool_call>", "stop")]
    public async Task CreateChatCompletion_WithTools_KeepsToItsSchema(string answer, string finishReason)
    {
        string body = JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = answer } }, tools = Tools });
        JsonElement whole = (await parrot.Server.CallAsync("createChatCompletion", 200, body))[0];
        Assert.Equal(finishReason, whole.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        IReadOnlyList<JsonElement> events = await parrot.Server.CallAsync("createChatCompletion", 200, Conformance.With(body, ("stream", true)));
        Assert.Equal(finishReason, events[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task ListModels_OfAPair_HasTheDocumentedNames()
    {
        JsonElement list = (await pair.Server.CallAsync("listModels", 200))[0];
        string[] names = ["demo", "demo:large", "demo:small", "demo:entropy", "demo:speculative"];
        Assert.Equal(names, list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
    }

    [Theory, InlineData("getHealth"), InlineData("getLiveness"), InlineData("getReadiness"), InlineData("getMetrics"), InlineData("getVersion")]
    public Task Get_Always_KeepsToItsSchema(string operationId) => pair.Server.CallAsync(operationId, 200);

    [Fact]
    public async Task GetMetrics_OpenMetrics_IsDocumented()
    {
        await pair.Server.CallAsync("getMetrics", 200, null, null, ("Accept", "application/openmetrics-text"));
    }

    [Theory]
    [InlineData("applyTemplate", """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""")]
    [InlineData("tokenize", """{"prompt": "the thing", "return_token_strs": true}""")]
    [InlineData("tokenize", """{"messages": [{"role": "user", "content": "the thing"}]}""")]
    [InlineData("detokenize", """{"tokens": []}""")]
    public Task Text_Variants_KeepToTheirSchema(string operationId, string body) => pair.Server.CallAsync(operationId, 200, body);

    private async Task CallInAllWaysAsync(string operationId, string variant)
    {
        (string, object?)[] members = [.. JsonSerializer.Deserialize<JsonElement>(variant).EnumerateObject().Select(member => (member.Name, (object?)member.Value))];
        string body = Conformance.With(BaseRequests.ByOperation[operationId], members);
        await pair.Server.CallAsync(operationId, 200, body);
        foreach (var options in StreamOptions)
        {
            JsonElement parsed = JsonSerializer.Deserialize<JsonElement>(options);
            IReadOnlyList<JsonElement> events = await pair.Server.CallAsync(operationId, 200, Conformance.With(body, ("stream", true), ("stream_options", parsed)));
            Assert.Equal(parsed.EnumerateObject().Any(), events[^1].GetProperty("choices").GetArrayLength() == 0);
            Assert.Single(events, part => part.TryGetProperty("adaptive", out JsonElement adaptive) && adaptive.TryGetProperty("target", out _));
        }
    }
}
