using AdaptiveServe.Server.OpenAI.Chat;
using AdaptiveServe.Server.OpenAI.Fields;
using AdaptiveServe.Server.OpenAI.Tools;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Server.Tests.OpenAI.Completions;

namespace AdaptiveServe.Server.Tests.OpenAI.Chat;

/// <summary>Each field that <c>/v1/chat/completions</c> takes, with each kind of wrong value that can be written into it.</summary>
public class ChatRequestTests(ChatServer chat)
{
    private readonly TestServer _server = chat.Server;

    /// <summary>All but those that have tests of their own.</summary>
    public static IEnumerable<TheoryDataRow<string>> Names => ChatRequest.Fields
        .Where(known => known is not (MessagesField or ToolsField or ToolChoiceField or UnsupportedField or ArrayField))
        .Select(known => new TheoryDataRow<string>(known.Name));

    [Theory, MemberData(nameof(Names))]
    public async Task Field_WrongType_IsRefused(string name)
    {
        foreach (string value in WrongValues.Types(Field(name)))
            (await _server.PostAsync(Body(name, value), Chats.Path)).ExpectError(400, "invalid_request_error", "invalid_type", name);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Field_WrongValue_IsRefused(string name)
    {
        foreach (string value in WrongValues.Values(Field(name)))
        {
            Answer answer = await _server.PostAsync(Body(name, value), Chats.Path);
            Assert.Equal((400, name), (answer.Status, answer.Body.GetProperty("error").GetProperty("param").GetString()));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Field_Null_IsAbsent(string name) =>
        Assert.Equal("x", ChatReply.Read((await _server.PostAsync(Body(name, "null"), Chats.Path)).Expect(200)).Content);

    [Theory, InlineData("functions", "[]"), InlineData("function_call", "\"auto\""), InlineData("audio", "{}"), InlineData("web_search_options", "{}"), InlineData("prediction", "{}")]
    public async Task Field_NotSupported_IsRefused(string name, string value)
    {
        (await _server.PostAsync(Body(name, value), Chats.Path)).ExpectError(400, "invalid_request_error", "not_supported", name);
        (await _server.PostAsync(Body(name, "null"), Chats.Path)).Expect(200);
    }

    [Fact]
    public void Fields_All_AreListedOnce() => Assert.Distinct(ChatRequest.Fields.Select(field => field.Name));

    [Fact]
    public async Task Field_Unknown_PlaysNoPart() => (await _server.PostAsync(Body("no_such_field", "{\"a\": 1}"), Chats.Path)).Expect(200);

    [Theory]
    [InlineData("{}", "invalid_value")]
    [InlineData("""{"type": 1}""", "invalid_value")]
    [InlineData("""{"type": "xml"}""", "invalid_value")]
    [InlineData("""{"type": "json_object"}""", "not_supported")]
    [InlineData("""{"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}""", "not_supported")]
    public async Task ResponseFormat_NotText_IsRefused(string value, string code) =>
        (await _server.PostAsync(Body("response_format", value), Chats.Path)).ExpectError(400, "invalid_request_error", code, "response_format.type");

    [Fact]
    public async Task ResponseFormat_Text_IsTaken() => (await _server.PostAsync(Body("response_format", """{"type": "text"}"""), Chats.Path)).Expect(200);

    [Theory]
    [InlineData("max_tokens", 3)]
    [InlineData("max_completion_tokens", 3)]
    public async Task MaxTokens_EitherName_Limits(string name, int value)
    {
        ChatReply reply = await _server.GetChatAsync(stream: false, ("messages", Chats.User("abcdef")), (name, value));
        Assert.Equal(("abc", "length", 3), (reply.Content, reply.FinishReason, reply.Usage!.Completion));
    }

    [Fact]
    public async Task MaxTokens_BothNames_NewOneCounts() =>
        Assert.Equal("ab", (await _server.GetChatAsync(new { messages = Chats.User("abcdef"), max_tokens = 4, max_completion_tokens = 2 })).Content);

    /// <summary>The context has 2048 tokens; the prompt has 1500.</summary>
    [Theory, InlineData("max_tokens"), InlineData("max_completion_tokens")]
    public async Task MaxTokens_BeyondTheContext_NamesTheField(string name)
    {
        string content = new('x', 1500);
        Dictionary<string, object> Body(int value) => new() { ["messages"] = Chats.User(content), [name] = value };
        (await _server.ChatAsync(Body(549))).ExpectError(400, "invalid_request_error", "context_length_exceeded", name);
        ChatReply reply = await _server.GetChatAsync(Body(548));
        Assert.Equal((1500, 548, "length"), (reply.Usage!.Prompt, reply.Usage.Completion, reply.FinishReason));
    }

    /// <summary>Without a limit an answer may fill the context.</summary>
    [Fact]
    public async Task MaxTokens_Absent_IsTheRestOfTheContext()
    {
        ChatReply reply = await _server.GetChatAsync(new { messages = Chats.User(new string('x', 1500)) });
        Assert.Equal((548, "length"), (reply.Usage!.Completion, reply.FinishReason));
        Assert.Equal(new string('x', 200), (await _server.GetChatAsync(new { messages = Chats.User(new string('x', 200)) })).Content);
    }

    [Theory, InlineData("false"), InlineData("null")]
    public async Task TopLogprobs_WithoutLogprobs_IsRefused(string logprobs) =>
        (await _server.PostAsync($$"""{"messages": [{"role": "user", "content": "x"}], "logprobs": {{logprobs}}, "top_logprobs": 2}""", Chats.Path))
            .ExpectError(400, "invalid_request_error", "invalid_value", "top_logprobs");

    [Fact]
    public async Task MinTokens_MoreThanTheLimit_IsRefused() =>
        (await _server.ChatAsync(new { messages = Chats.User("x"), min_tokens = 5, max_tokens = 4 })).ExpectError(400, "invalid_request_error", "invalid_value", "min_tokens");

    private static IField Field(string name) => ChatRequest.Fields.Single(field => field.Name == name);

    private static string Body(string name, string value) => $$"""{"messages": [{"role": "user", "content": "x"}], "{{name}}": {{value}}}""";
}
