using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Chat;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Chat;

public class MessagesFieldTests(ChatServer chat)
{
    private readonly TestServer _server = chat.Server;

    [Theory]
    [InlineData("1", "invalid_type", "messages")]
    [InlineData("true", "invalid_type", "messages")]
    [InlineData("\"hello\"", "invalid_type", "messages")]
    [InlineData("""{"role": "user", "content": "x"}""", "invalid_type", "messages")]
    [InlineData("null", "missing_field", "messages")]
    [InlineData("[]", "empty_array", "messages")]
    [InlineData("[123]", "invalid_type", "messages[0]")]
    [InlineData("[null]", "invalid_type", "messages[0]")]
    [InlineData("[[]]", "invalid_type", "messages[0]")]
    [InlineData("[\"x\"]", "invalid_type", "messages[0]")]
    [InlineData("[{}]", "missing_field", "messages[0].role")]
    [InlineData("""[{"content": "x"}]""", "missing_field", "messages[0].role")]
    [InlineData("""[{"role": 1, "content": "x"}]""", "invalid_type", "messages[0].role")]
    [InlineData("""[{"role": null, "content": "x"}]""", "invalid_type", "messages[0].role")]
    [InlineData("""[{"role": "", "content": "x"}]""", "invalid_value", "messages[0].role")]
    [InlineData("""[{"role": "User", "content": "x"}]""", "invalid_value", "messages[0].role")]
    [InlineData("""[{"role": "function", "content": "x"}]""", "invalid_value", "messages[0].role")]
    [InlineData("""[{"role": "user"}]""", "missing_field", "messages[0].content")]
    [InlineData("""[{"role": "user", "content": null}]""", "missing_field", "messages[0].content")]
    [InlineData("""[{"role": "assistant", "content": null}]""", "missing_field", "messages[0].content")]
    [InlineData("""[{"role": "assistant", "tool_calls": []}]""", "missing_field", "messages[0].content")]
    [InlineData("""[{"role": "assistant", "tool_calls": null}]""", "missing_field", "messages[0].content")]
    [InlineData("""[{"role": "user", "content": 1}]""", "invalid_type", "messages[0].content")]
    [InlineData("""[{"role": "user", "content": {"type": "text", "text": "x"}}]""", "invalid_type", "messages[0].content")]
    [InlineData("""[{"role": "user", "content": ["x"]}]""", "invalid_type", "messages[0].content[0]")]
    [InlineData("""[{"role": "user", "content": [{}]}]""", "invalid_value", "messages[0].content[0].type")]
    [InlineData("""[{"role": "user", "content": [{"type": 1}]}]""", "invalid_value", "messages[0].content[0].type")]
    [InlineData("""[{"role": "user", "content": [{"type": "txt", "text": "x"}]}]""", "invalid_value", "messages[0].content[0].type")]
    [InlineData("""[{"role": "user", "content": [{"type": "text"}]}]""", "invalid_type", "messages[0].content[0].text")]
    [InlineData("""[{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": 1}]}]""", "invalid_type", "messages[0].content[1].text")]
    [InlineData("""[{"role": "assistant", "content": [{"type": "refusal", "text": "x"}]}]""", "invalid_type", "messages[0].content[0].refusal")]
    [InlineData("""[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]""", "not_supported", "messages[0].content[0].type")]
    [InlineData("""[{"role": "user", "content": [{"type": "input_audio"}]}]""", "not_supported", "messages[0].content[0].type")]
    [InlineData("""[{"role": "user", "content": [{"type": "file"}]}]""", "not_supported", "messages[0].content[0].type")]
    [InlineData("""[{"role": "user", "content": "x", "name": 1}]""", "invalid_type", "messages[0].name")]
    [InlineData("""[{"role": "tool", "content": "x", "tool_call_id": {}}]""", "invalid_type", "messages[0].tool_call_id")]
    [InlineData("""[{"role": "user", "content": "x", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}]""", "invalid_value", "messages[0].tool_calls")]
    [InlineData("""[{"role": "assistant", "tool_calls": {}}]""", "invalid_type", "messages[0].tool_calls")]
    [InlineData("""[{"role": "assistant", "tool_calls": [1]}]""", "invalid_type", "messages[0].tool_calls[0].function")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{}]}]""", "invalid_type", "messages[0].tool_calls[0].function")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{"function": "f"}]}]""", "invalid_type", "messages[0].tool_calls[0].function")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{"function": {"arguments": "{}"}}]}]""", "missing_field", "messages[0].tool_calls[0].function.name")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{"function": {"name": 1, "arguments": "{}"}}]}]""", "invalid_type", "messages[0].tool_calls[0].function.name")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}]""", "missing_field", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {}}}]}]""", "invalid_type", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{"}}]}]""", "invalid_value", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""[{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "[]"}}]}]""", "invalid_value", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""[{"role": "user", "content": "x"}, {"role": "user", "content": 1}]""", "invalid_type", "messages[1].content")]
    public async Task Messages_WrongShape_NamesThePlace(string messages, string code, string param)
    {
        string body = $$"""{"messages": {{messages}}}""";
        foreach (string path in (string[])[Chats.Path, "/apply-template", "/tokenize"])
        {
            if (path == "/tokenize" && messages == "null") continue; // another field may stand in its place
            (await _server.PostAsync(body, path)).ExpectError(400, "invalid_request_error", code, param);
        }

        Assert.Equal("x", (await _server.GetChatAsync(new { messages = Chats.User("x") })).Content);
    }

    /// <summary>JSON in the text of arguments that no template could read.</summary>
    [Theory, InlineData("""{"a": 1, "a": 2}"""), InlineData("""{"a": "\ud800"}""")]
    public async Task Messages_ArgumentsNoTemplateCanRead_IsRefused(string arguments)
    {
        object[] messages = [new { role = "assistant", tool_calls = new[] { new { function = new { name = "f", arguments } } } }];
        (await _server.ChatAsync(new { messages, chat_template_kwargs = new { dump = 1 } })).ExpectError(400, "invalid_request_error", "chat_template_error", "messages");
    }

    [Fact]
    public async Task Messages_AsManyAsAllowed_AreTakenAndNoMore()
    {
        object[] Many(int count) => [.. Enumerable.Repeat(new { role = "user", content = "x" }, count)];
        Assert.Equal("x", (await _server.GetChatAsync(new { messages = Many(MessagesField.MaxCount) })).Content);
        (await _server.ChatAsync(new { messages = Many(MessagesField.MaxCount + 1) })).ExpectError(400, "invalid_request_error", "array_too_long", "messages");
    }

    [Fact]
    public async Task Messages_Parts_AreLinesOfOneText()
    {
        var dumped = await DumpAsync("""
            [{"role": "user", "content": [{"type": "text", "text": "first"}, {"type": "text", "text": ""}, {"type": "text", "text": "last"}]},
             {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
             {"role": "user", "content": []}]
            """);
        Assert.Equal(["first\n\nlast", "no", ""], dumped.EnumerateArray().Select(message => message.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Messages_CallsAndTheirResults_ReachTheTemplateAsObjects()
    {
        JsonElement dumped = await DumpAsync("""
            [{"role": "user", "content": "weather?", "name": "ann"},
             {"role": "assistant", "content": null, "tool_calls": [
               {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\": \"Ulm\", \"days\": [1, 2.5, null, true]}"}},
               {"id": "call_2", "type": "function", "function": {"name": "now", "arguments": ""}}]},
             {"role": "tool", "content": "rain", "tool_call_id": "call_1"},
             {"role": "assistant", "content": "both", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}]
            """);
        Assert.Equal("ann", dumped[0].GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, dumped[1].GetProperty("content").ValueKind);
        JsonElement calls = dumped[1].GetProperty("tool_calls");
        Assert.Equal("call_1", calls[0].GetProperty("id").GetString());
        Assert.True(JsonElement.DeepEquals(Json("""{"city": "Ulm", "days": [1, 2.5, null, true]}"""), calls[0].GetProperty("function").GetProperty("arguments")));
        Assert.True(JsonElement.DeepEquals(Json("{}"), calls[1].GetProperty("function").GetProperty("arguments")));
        Assert.Equal(("tool", "rain", "call_1"),
            (dumped[2].GetProperty("role").GetString(), dumped[2].GetProperty("content").GetString(), dumped[2].GetProperty("tool_call_id").GetString()));
        Assert.Equal("both", dumped[3].GetProperty("content").GetString());
    }

    [Fact]
    public async Task Messages_UnknownMembers_ReachTheTemplate()
    {
        JsonElement dumped = await DumpAsync("""[{"role": "assistant", "content": "x", "reasoning_content": "because", "more": {"a": [1]}}]""");
        Assert.Equal("because", dumped[0].GetProperty("reasoning_content").GetString());
        Assert.True(JsonElement.DeepEquals(Json("""{"a": [1]}"""), dumped[0].GetProperty("more")));
    }

    [Fact]
    public async Task Messages_EveryCharacter_ComesBack()
    {
        const string Said = "\u0000\u001f\u007f \"\\/<>&'+ ä漢😀 \u2028\ufeff\uffff {{ messages }} {% raw %}";
        Assert.Equal(Said, (await _server.GetChatAsync(new { messages = Chats.User(Said) })).Content);
        Assert.Equal(Said, (await _server.GetStreamedChatAsync(new { messages = Chats.User(Said), stream = true })).Content);
    }

    /// <summary>Templates that know no developer are given a system.</summary>
    [Theory, InlineData("", "system"), InlineData("{# a developer may speak #}", "developer")]
    public async Task Messages_Developer_IsASystemUnlessTheTemplateKnowsHim(string comment, string expected)
    {
        using var template = new TemplateFile(comment + "{% for message in messages %}[{{ message.role }}]{{ message.content }}{% endfor %}");
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("chat-template", template.Path));
        object[] messages = [new { role = "developer", content = "be kind" }, new { role = "user", content = "x" }];
        Assert.Equal($"[{expected}]be kind[user]x", (await server.GetChatAsync(new { messages })).Content);
    }

    /// <summary>What the template was given as messages.</summary>
    private async Task<JsonElement> DumpAsync(string messages)
    {
        JsonElement answer = (await _server.PostAsync($$$"""{"messages": {{{messages}}}, "chat_template_kwargs": {"dump": true}}""", "/apply-template")).Expect(200);
        return Json(answer.GetProperty("prompt").GetString()!).GetProperty("messages");
    }

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
