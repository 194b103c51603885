using AdaptiveServe.Server.OpenAI.Tools;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Tools;

public class ToolFieldsTests(ChatServer chat)
{
    private const string Tool = """{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}""";

    private readonly TestServer _server = chat.Server;

    [Theory]
    [InlineData("1", "invalid_type", "tools")]
    [InlineData("{}", "invalid_type", "tools")]
    [InlineData("[1]", "invalid_type", "tools[0]")]
    [InlineData("[null]", "invalid_type", "tools[0]")]
    [InlineData("[{}]", "invalid_value", "tools[0].type")]
    [InlineData("""[{"type": "retrieval"}]""", "invalid_value", "tools[0].type")]
    [InlineData("""[{"type": ["function"]}]""", "invalid_value", "tools[0].type")]
    [InlineData("""[{"type": "function"}]""", "invalid_type", "tools[0].function")]
    [InlineData("""[{"type": "function", "function": "f"}]""", "invalid_type", "tools[0].function")]
    [InlineData("""[{"type": "function", "function": {}}]""", "invalid_value", "tools[0].function.name")]
    [InlineData("""[{"type": "function", "function": {"name": ""}}]""", "invalid_value", "tools[0].function.name")]
    [InlineData("""[{"type": "function", "function": {"name": 1}}]""", "invalid_value", "tools[0].function.name")]
    [InlineData("""[{"type": "function", "function": {"name": "f", "parameters": []}}]""", "invalid_type", "tools[0].function.parameters")]
    [InlineData($$$"""[{{{Tool}}}, {"type": "function", "function": {"name": "f", "parameters": "x"}}]""", "invalid_type", "tools[1].function.parameters")]
    public async Task Tools_WrongShape_NamesThePlace(string tools, string code, string param) =>
        (await PostAsync($$""" "tools": {{tools}} """)).ExpectError(400, "invalid_request_error", code, param);

    [Fact]
    public async Task Tools_AsManyAsAllowed_AreTakenAndNoMore()
    {
        string Many(int count) => $"\"tools\": [{string.Join(',', Enumerable.Repeat(Tool, count))}]";
        (await PostAsync(Many(ToolsField.MaxCount))).Expect(200);
        (await PostAsync(Many(ToolsField.MaxCount + 1))).ExpectError(400, "invalid_request_error", "array_too_long", "tools");
    }

    [Theory]
    [InlineData("1", "invalid_type")]
    [InlineData("[]", "invalid_type")]
    [InlineData("true", "invalid_type")]
    [InlineData("\"\"", "invalid_value")]
    [InlineData("\"any\"", "invalid_value")]
    [InlineData("\"required\"", "not_supported")]
    [InlineData("""{"type": "function", "function": {"name": "f"}}""", "not_supported")]
    public async Task ToolChoice_WrongOrNotBuilt_IsRefused(string choice, string code) =>
        (await PostAsync($$""" "tools": [{{Tool}}], "tool_choice": {{choice}} """)).ExpectError(400, "invalid_request_error", code, "tool_choice");

    [Theory, InlineData(""), InlineData(", \"tools\": []"), InlineData(", \"tools\": null")]
    public async Task ToolChoice_AutoWithoutTools_IsRefused(string tools) =>
        (await PostAsync($""" "tool_choice": "auto"{tools} """)).ExpectError(400, "invalid_request_error", "invalid_value", "tool_choice");

    [Theory, InlineData("\"tools\": []"), InlineData("\"tool_choice\": \"none\""), InlineData("\"parallel_tool_calls\": true"), InlineData("\"parallel_tool_calls\": false")]
    public async Task Tools_None_IsAnOrdinaryRequest(string fields) => Assert.Equal("x", ChatReply.Read((await PostAsync(fields)).Expect(200)).Content);

    [Fact]
    public async Task ParallelToolCalls_FalseWithTools_IsRefused() =>
        (await PostAsync($$""" "tools": [{{Tool}}], "parallel_tool_calls": false """)).ExpectError(400, "invalid_request_error", "not_supported", "parallel_tool_calls");

    [Fact]
    public async Task Tools_TemplateKnowsNone_IsRefused()
    {
        using var template = new TemplateFile("{{ messages[-1].content }}");
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("chat-template", template.Path));
        string Body(string choice) => $$"""{"messages": [{"role": "user", "content": "x"}], "tools": [{{Tool}}], "tool_choice": "{{choice}}"}""";
        (await server.PostAsync(Body("auto"), Chats.Path)).ExpectError(400, "invalid_request_error", "not_supported", "tools");
        (await server.PostAsync(Body("none"), Chats.Path)).Expect(200);
    }

    private Task<Answer> PostAsync(string fields) => _server.PostAsync($$"""{"messages": [{"role": "user", "content": "x"}], {{fields}}}""", Chats.Path);
}
