using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.OpenAI.Text;

public class TextEndpointsTests(ChatServer chat)
{
    private readonly TestServer _server = chat.Server;

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData(" leading, trailing \n\t ")]
    [InlineData("the thing in the ring")]
    [InlineData("ä漢😀‍👩é\u0301\u0000\uffff")]
    public async Task Detokenize_WhatTokenizeGave_IsTheText(string text)
    {
        foreach (string field in (string[])["prompt", "content"])
        {
            foreach (bool special in (bool[])[false, true])
            {
                JsonElement tokens = await TokenizeAsync(new Dictionary<string, object> { [field] = text, ["add_special_tokens"] = special });
                Assert.Equal(text, await DetokenizeAsync(new { tokens }));
                Assert.Equal((special ? "<s>" : "") + text, await DetokenizeAsync(new { tokens, skip_special_tokens = false }));
            }
        }
    }

    /// <summary>Texts of another program's tests, with the tokens that the same vocabulary has for them elsewhere.</summary>
    [Fact]
    public async Task Detokenize_RealVocabulary_IsTheText()
    {
        string folder = SharedData.Path("models/stories260K");
        await using TestServer server = await TestServer.StartAsync(folder);
        foreach (string text in (string[])["Once upon a time", "  two spaces", "ünïcödé 漢字 😀", "line\nbreak\r\n\ttab", "a", ""])
        {
            JsonElement tokens = (await PostAsync(server, "/tokenize", new { prompt = text })).Expect(200).GetProperty("tokens");
            Assert.Equal(text, (await PostAsync(server, "/detokenize", new { tokens })).Expect(200).GetProperty("prompt").GetString());
        }
    }

    [Fact]
    public async Task Tokenize_Text_CountsAndSpells()
    {
        JsonElement answer = (await PostAsync("/tokenize", new { prompt = "the ä", return_token_strs = true })).Expect(200);
        Assert.Equal((5, 2048), (answer.GetProperty("count").GetInt32(), answer.GetProperty("max_model_len").GetInt32()));
        Assert.Equal(["<s>", "the", " ", "\uFFFD", "\uFFFD"], answer.GetProperty("token_strs").EnumerateArray().Select(text => text.GetString()));
        Assert.Equal(5, answer.GetProperty("tokens").GetArrayLength());
        Assert.False((await PostAsync("/tokenize", new { prompt = "a" })).Expect(200).TryGetProperty("token_strs", out _));
    }

    /// <summary>These endpoints say what the generating ones do.</summary>
    [Fact]
    public async Task Tokenize_Messages_IsThePromptOfTheChat()
    {
        object body = new { messages = Chats.User("what the model is given") };
        JsonElement tokens = await TokenizeAsync(body);
        string prompt = (await PostAsync("/apply-template", body)).Expect(200).GetProperty("prompt").GetString()!;
        Assert.Equal(prompt, await DetokenizeAsync(new { tokens }));
        Assert.Equal(tokens.GetRawText(), (await TokenizeAsync(new { prompt, add_special_tokens = false })).GetRawText());
        Assert.Equal(tokens.GetArrayLength(), (await _server.GetChatAsync(body)).Usage!.Prompt);
        Assert.Equal(ByteTokenizerFolder.BosId, (await TokenizeAsync(new { messages = Chats.User("x"), add_special_tokens = true }))[0].GetInt32());
    }

    [Fact]
    public async Task Tokenize_Prompt_IsThatOfTheCompletion()
    {
        int count = (await TokenizeAsync(new { prompt = "how many are these?" })).GetArrayLength();
        Assert.Equal(count, (await _server.GetCompletionAsync(new { prompt = "how many are these?" })).Usage!.Prompt);
    }

    [Theory]
    [InlineData("/tokenize", "{}", "missing_field", "prompt")]
    [InlineData("/tokenize", """{"prompt": null, "messages": null}""", "missing_field", "prompt")]
    [InlineData("/tokenize", """{"prompt": 1}""", "invalid_type", "prompt")]
    [InlineData("/tokenize", """{"prompt": ["a"]}""", "invalid_type", "prompt")]
    [InlineData("/tokenize", """{"content": {}}""", "invalid_type", "content")]
    [InlineData("/tokenize", """{"prompt": "a", "content": "b"}""", "invalid_value", "content")]
    [InlineData("/tokenize", """{"prompt": "a", "messages": [{"role": "user", "content": "x"}]}""", "invalid_value", "messages")]
    [InlineData("/tokenize", """{"content": "a", "messages": [{"role": "user", "content": "x"}]}""", "invalid_value", "content")]
    [InlineData("/tokenize", """{"prompt": "a", "add_special_tokens": 1}""", "invalid_type", "add_special_tokens")]
    [InlineData("/tokenize", """{"prompt": "a", "return_token_strs": "yes"}""", "invalid_type", "return_token_strs")]
    [InlineData("/tokenize", """{"messages": [{"role": "user", "content": "forbidden"}]}""", "chat_template_error", "messages")]
    [InlineData("/detokenize", "{}", "missing_field", "tokens")]
    [InlineData("/detokenize", """{"tokens": null}""", "missing_field", "tokens")]
    [InlineData("/detokenize", """{"tokens": "1"}""", "invalid_type", "tokens")]
    [InlineData("/detokenize", """{"tokens": [1.5]}""", "invalid_type", "tokens")]
    [InlineData("/detokenize", """{"tokens": [[1]]}""", "invalid_type", "tokens")]
    [InlineData("/detokenize", """{"tokens": [-1]}""", "invalid_value", "tokens")]
    [InlineData("/detokenize", """{"tokens": [1, 263]}""", "invalid_value", "tokens")]
    [InlineData("/detokenize", """{"tokens": [1], "skip_special_tokens": 1}""", "invalid_type", "skip_special_tokens")]
    [InlineData("/apply-template", "{}", "missing_field", "messages")]
    [InlineData("/apply-template", """{"messages": [{"role": "user", "content": "forbidden"}]}""", "chat_template_error", "messages")]
    [InlineData("/apply-template", """{"messages": [{"role": "user", "content": "x"}], "tools": 1}""", "invalid_type", "tools")]
    public async Task Request_Wrong_NamesTheField(string path, string body, string code, string param) =>
        (await _server.PostAsync(body, path)).ExpectError(400, "invalid_request_error", code, param);

    [Theory, InlineData("/tokenize"), InlineData("/detokenize"), InlineData("/apply-template")]
    public async Task Request_NotForThisServer_IsRefused(string path)
    {
        string body = """{"model": "other", "prompt": "a", "tokens": [1]}""";
        (await _server.PostAsync(body, path)).ExpectError(404, "invalid_request_error", "model_not_found", "model");
        (await _server.PostAsync("[]", path)).ExpectError(400, "invalid_request_error", "invalid_json");
        (await _server.PostAsync("{}"u8.ToArray(), path, "text/plain")).ExpectError(415, "invalid_request_error", "unsupported_media_type");
        (await _server.GetAsync(path)).ExpectError(405, "invalid_request_error", "method_not_allowed");
    }

    [Fact]
    public async Task Detokenize_MoreThanAnyContext_IsRefused()
    {
        string Tokens(int count) => $$"""{"tokens": [{{string.Join(',', Enumerable.Repeat("3", count))}}]}""";
        (await _server.PostAsync(Tokens((1 << 20) + 1), "/detokenize")).ExpectError(400, "invalid_request_error", "array_too_long", "tokens");
        (await _server.PostAsync(Tokens(100_000), "/detokenize")).Expect(200);
    }

    private async Task<JsonElement> TokenizeAsync(object body) => (await PostAsync("/tokenize", body)).Expect(200).GetProperty("tokens");

    private async Task<string?> DetokenizeAsync(object body) => (await PostAsync("/detokenize", body)).Expect(200).GetProperty("prompt").GetString();

    private Task<Answer> PostAsync(string path, object body) => PostAsync(_server, path, body);

    private static Task<Answer> PostAsync(TestServer server, string path, object body) => server.PostAsync(JsonSerializer.Serialize(body), path);
}
