using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Tools;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Server.Tests.OpenAI.Tools;

/// <summary>Tool calls from the request to the reply, with a model that generates what the test says.</summary>
public class ToolCallsTests(ChatServer chat)
{
    private const string Call = """<tool_call>{"name": "f", "arguments": {"a": 1}}</tool_call>""";

    private static readonly object[] Tools = [new { type = "function", function = new { name = "f", parameters = new { type = "object" } } }];

    private readonly TestServer _server = chat.Server;

    [Theory]
    [InlineData(Call, null, "f")]
    [InlineData($"One moment.\n{Call}\n{Call}", "One moment.", "f f")]
    public async Task Reply_WithCalls_HasThem(string said, string? content, string names)
    {
        foreach (bool stream in (bool[])[false, true])
        {
            ChatReply reply = await _server.GetChatAsync(stream, ("messages", Chats.User(said)), ("tools", Tools));
            Assert.Equal((content, "tool_calls"), (reply.Content, reply.FinishReason));
            Assert.Equal(names, string.Join(' ', reply.Calls.Select(call => call.Name)));
            Assert.All(reply.Calls, call => Assert.Equal("""{"a": 1}""", call.Arguments));
        }
    }

    [Theory]
    [InlineData("no call at all")]
    [InlineData("<tool_call>broken</tool_call>")]
    [InlineData("a <tool_call")]
    public async Task Reply_WithoutCalls_IsText(string said)
    {
        foreach (bool stream in (bool[])[false, true])
        {
            ChatReply reply = await _server.GetChatAsync(stream, ("messages", Chats.User(said)), ("tools", Tools), ("tool_choice", "auto"));
            Assert.Equal((said, "stop", 0), (reply.Content, reply.FinishReason, reply.Calls.Count));
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Reply_NoToolsOrNoneWanted_IsText(bool stream)
    {
        (string, object?)[] fields = [("messages", Chats.User(Call)), ("tool_choice", "none")];
        foreach ((string, object?)[] each in ((string, object?)[][])[fields, [.. fields, ("tools", Tools)]])
        {
            ChatReply reply = await _server.GetChatAsync(stream, each);
            Assert.Equal((Call, "stop", 0), (reply.Content, reply.FinishReason, reply.Calls.Count));
        }
    }

    /// <summary>A call that the limit cut off is text, and whole ones before it stay calls; the reason is the limit.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Reply_CutByTheLimit_SaysSo(bool stream)
    {
        ChatReply cut = await _server.GetChatAsync(stream, ("messages", Chats.User(Call)), ("tools", Tools), ("max_tokens", 30));
        Assert.Equal((Call[..30], "length", 0), (cut.Content, cut.FinishReason, cut.Calls.Count));
        ChatReply second = await _server.GetChatAsync(stream, ("messages", Chats.User(Call + Call)), ("tools", Tools), ("max_tokens", Call.Length + 20));
        Assert.Equal((Call[..20], "length", "f"), (second.Content, second.FinishReason, Assert.Single(second.Calls).Name));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Reply_SeveralChoices_EachHasItsCalls(bool stream)
    {
        ChatReply reply = await _server.GetChatAsync(stream, ("messages", Chats.User(Call)), ("tools", Tools), ("n", 3));
        Assert.All(reply.Choices, choice => Assert.Equal(("tool_calls", 1), (choice.FinishReason, choice.Calls.Count)));
    }

    /// <summary>Tokens of a call are counted, traced and have log-probabilities though their text is held back.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Reply_CallsAndLogprobs_HaveEveryToken(bool stream)
    {
        ChatReply reply = await _server.GetChatAsync(
            stream, ("messages", Chats.User(Call)), ("tools", Tools), ("logprobs", true), ("adaptive", new { trace = true }));
        Assert.Equal(Call, string.Concat(reply.Choices[0].Logprobs!.Select(token => token.GetProperty("token").GetString())));
        Assert.Equal((Call.Length + 1, Call.Length + 1), (reply.Trace.Count, reply.Usage!.Completion));
        Assert.Single(reply.Calls);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Reply_Llama3Template_HasItsCalls(bool stream)
    {
        using var template = new TemplateFile("""{% if tools %}{# {"name": "...", "parameters": {}} #}{% endif %}{{ messages[-1].content }}""");
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("chat-template", template.Path));
        ChatReply reply = await server.GetChatAsync(
            stream, ("messages", Chats.User("""{"name": "f", "parameters": {"a": 1}}; {"name": "g", "parameters": {}}""")), ("tools", Tools));
        Assert.Equal((null, "tool_calls"), (reply.Content, reply.FinishReason));
        Assert.Equal([new ReplyCall("f", """{"a": 1}"""), new ReplyCall("g", "{}")], reply.Calls);
    }

    /// <summary>What a client does next: the calls of the reply and their results are the next messages.</summary>
    [Fact]
    public async Task Reply_SentBackWithResults_IsTaken()
    {
        JsonElement message = (await _server.ChatAsync(new { messages = Chats.User(Call), tools = Tools })).Expect(200)
            .GetProperty("choices")[0].GetProperty("message");
        object[] messages =
        [
            .. Chats.User("weather?"), message,
            new { role = "tool", tool_call_id = message.GetProperty("tool_calls")[0].GetProperty("id").GetString(), content = "rain" },
        ];
        Assert.Equal("rain", (await _server.GetChatAsync(new { messages, tools = Tools })).Content);
    }

    /// <summary>Templates as they come with models choose the parser of what these models write.</summary>
    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct.jinja", typeof(HermesToolCallParser))]
    [InlineData("Qwen-Qwen3-0.6B.jinja", typeof(HermesToolCallParser))]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct.jinja", typeof(Llama3ToolCallParser))]
    [InlineData("meta-llama-Llama-3.3-70B-Instruct.jinja", typeof(Llama3ToolCallParser))]
    public void Create_TemplateOfAModel_IsItsParser(string file, Type expected)
    {
        string path = SharedData.Path($"templates/vendor/{file}");
        Assert.IsType(expected, ToolCallParsers.Create(ChatTemplate.Parse(File.ReadAllText(path), path)));
    }
}
