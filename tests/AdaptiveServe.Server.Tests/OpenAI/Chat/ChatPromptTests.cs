using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Chat;

public class ChatPromptTests(ChatServer chat, ParrotServer parrot)
{
    private readonly TestServer _server = chat.Server, _withoutTemplate = parrot.Server;

    [Fact]
    public async Task Render_NothingElseGiven_TemplateGetsDefaults()
    {
        JsonElement given = await DumpAsync("");
        Assert.Equal(JsonValueKind.Null, given.GetProperty("tools").ValueKind);
        Assert.Equal(JsonValueKind.Null, given.GetProperty("documents").ValueKind);
        Assert.True(given.GetProperty("add_generation_prompt").GetBoolean());
        Assert.Equal("<s>", given.GetProperty("bos").GetString());
    }

    [Fact]
    public async Task Render_Everything_ReachesTheTemplate()
    {
        JsonElement given = await DumpAsync("""
            , "add_generation_prompt": false, "documents": [{"title": "t", "text": "d"}, 7],
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}, "extra": 1}]
            """);
        Assert.False(given.GetProperty("add_generation_prompt").GetBoolean());
        Assert.Equal("""[{"title": "t", "text": "d"}, 7]""", given.GetProperty("documents").GetRawText());
        Assert.Equal("f", given.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(1, given.GetProperty("tools")[0].GetProperty("extra").GetInt32());
    }

    [Theory, InlineData("1"), InlineData("[1, {\"a\": null}]"), InlineData("\"\\u0041ä\""), InlineData("false"), InlineData("1.5"), InlineData("{\"b\": []}")]
    public async Task Render_Arguments_AreVariablesOfTheTemplate(string value)
    {
        JsonElement given = await DumpAsync("", value);
        Assert.True(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(value), given.GetProperty("dump")));
    }

    [Fact]
    public async Task Render_ArgumentOfADefault_OverridesIt()
    {
        Answer answer = await _server.PostAsync(
            """{"messages": [{"role": "user", "content": "x"}], "chat_template_kwargs": {"dump": 1, "add_generation_prompt": false, "bos_token": "B"}}""", "/apply-template");
        JsonElement given = JsonSerializer.Deserialize<JsonElement>(answer.Expect(200).GetProperty("prompt").GetString()!);
        Assert.Equal((false, "B"), (given.GetProperty("add_generation_prompt").GetBoolean(), given.GetProperty("bos").GetString()));
    }

    [Theory, InlineData("messages", "[]"), InlineData("tools", "[]")]
    public async Task Render_ArgumentThatIsAField_IsRefused(string name, string value)
    {
        Answer answer = await _server.PostAsync($$$"""{"messages": [{"role": "user", "content": "x"}], "chat_template_kwargs": {"{{{name}}}": {{{value}}}}}""", Chats.Path);
        answer.ExpectError(400, "invalid_request_error", "invalid_value", "chat_template_kwargs");
        Assert.Contains($"'{name}'", answer.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("1"), InlineData("\"x\""), InlineData("{}"), InlineData("true")]
    public async Task Documents_NotAnArray_IsRefused(string value) =>
        (await _server.PostAsync($$"""{"messages": [{"role": "user", "content": "x"}], "documents": {{value}}}""", Chats.Path))
            .ExpectError(400, "invalid_request_error", "invalid_type", "documents");

    [Theory, InlineData(false), InlineData(true)]
    public async Task Render_TemplateRefuses_SaysWhy(bool stream)
    {
        Answer answer = await _server.ChatAsync(new { messages = Chats.User("forbidden"), stream });
        answer.ExpectError(400, "invalid_request_error", "chat_template_error", "messages");
        Assert.Contains("not a word of this", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_TemplateFails_SaysWhere()
    {
        using var template = new TemplateFile("{{ messages[0].content }}\n{{ 1 + messages[0] }}");
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("chat-template", template.Path));
        Answer answer = await server.ChatAsync(new { messages = Chats.User("x") });
        Assert.Contains("line 2", answer.ExpectError(400, "invalid_request_error", "chat_template_error", "messages").Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("{% for i in range(9) %}{% for j in range(100000) %}{% for k in range(100000) %}{% endfor %}{% endfor %}{% endfor %}")]
    public async Task Render_TemplateWithoutEnd_IsStopped(string source)
    {
        using var template = new TemplateFile(source);
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("chat-template", template.Path));
        (await server.ChatAsync(new { messages = Chats.User("x") })).ExpectError(400, "invalid_request_error", "chat_template_error", "messages");
    }

    [Fact]
    public async Task Render_EmptyPrompt_IsRefused() =>
        (await _server.ChatAsync(new { messages = Chats.User("") })).ExpectError(400, "invalid_request_error", "invalid_value", "messages");

    [Fact]
    public async Task Render_ModelWithoutTemplate_IsRefused()
    {
        foreach (string path in (string[])[Chats.Path, "/apply-template", "/tokenize"])
        {
            Answer answer = await _withoutTemplate.PostAsync("""{"messages": [{"role": "user", "content": "x"}]}""", path);
            answer.ExpectError(400, "invalid_request_error", "not_supported", "messages");
            Assert.Contains("--chat-template", answer.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The template writes the tokens that begin a text itself, so none are added.</summary>
    [Fact]
    public async Task Render_SpecialTokens_AreTheTemplates()
    {
        using var template = new TemplateFile("{{ bos_token }}{{ messages[0].content }}");
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("chat-template", template.Path));
        ChatReply reply = await server.GetChatAsync(new { messages = Chats.User("abc") });
        Assert.Equal((4, "abc"), (reply.Usage!.Prompt, reply.Content));
    }

    private async Task<JsonElement> DumpAsync(string fields, string dump = "true")
    {
        string body = $$"""{"messages": [{"role": "user", "content": "x"}], "chat_template_kwargs": {"dump": {{dump}}}{{fields}}}""";
        string prompt = (await _server.PostAsync(body, "/apply-template")).Expect(200).GetProperty("prompt").GetString()!;
        ChatReply said = ChatReply.Read((await _server.PostAsync(body, Chats.Path)).Expect(200));
        Assert.Equal(prompt.Replace("<s>", "", StringComparison.Ordinal), said.Content); // what the model was given, but special tokens are no text
        return JsonSerializer.Deserialize<JsonElement>(prompt);
    }
}
