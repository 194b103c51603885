using System.Text;
using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI;

public class RequestBodyTests(ParrotServer parrot)
{
    private readonly TestServer _server = parrot.Server;

    [Theory]
    [InlineData("")]
    [InlineData("prompt")]
    [InlineData("{\"prompt\": \"x\"")]
    [InlineData("{\"prompt\": \"x\",}")]
    [InlineData("{\"prompt\": \"x\"} {}")]
    [InlineData("{'prompt': 'x'}")]
    [InlineData("{prompt: \"x\"}")]
    [InlineData("{\"prompt\": \"a\nb\"}")]
    [InlineData("{\"prompt\": \"\\x\"}")]
    [InlineData("{\"prompt\": \"x\", \"max_tokens\": NaN}")]
    [InlineData("{\"prompt\": \"x\", \"max_tokens\": 01}")]
    [InlineData("{\"prompt\": \"x\" /* note */}")]
    [InlineData("[]")]
    [InlineData("[{\"prompt\": \"x\"}]")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"x\"")]
    [InlineData("{\"prompt\": \"x\", \"prompt\": \"y\"}")]
    [InlineData("{\"prompt\": \"x\", \"pro\\u006dpt\": \"y\"}")]
    [InlineData("{\"prompt\": \"x\", \"metadata\": {\"a\": 1, \"a\": 2}}")]
    public async Task Body_NotAnObjectOfJson_IsRefused(string body)
    {
        (await _server.PostAsync(body)).ExpectInvalid("invalid_json");
        await AnswersAsync();
    }

    [Theory, InlineData(65), InlineData(100_000)]
    public async Task Body_TooDeep_IsRefused(int depth)
    {
        string nested = new string('[', depth) + new string(']', depth);
        (await _server.PostAsync($$"""{"prompt": "x", "unknown": {{nested}}}""")).ExpectInvalid("invalid_json");
        (await _server.PostAsync(nested)).ExpectInvalid("invalid_json");
        await AnswersAsync();
    }

    /// <summary>Half a surrogate pair as an escape, wherever a text can stand.</summary>
    [Theory]
    [InlineData("""{"prompt": "a\ud800"}""")]
    [InlineData("""{"prompt": "\udc00a"}""")]
    [InlineData("""{"prompt": ["x", "\ud800"]}""")]
    [InlineData("""{"prompt": "x", "stop": "\ud800"}""")]
    [InlineData("""{"prompt": "x", "user": "\ud800\ud800"}""")]
    [InlineData("""{"prompt": "x", "model": "\ud800"}""")]
    [InlineData("""{"prompt": "x", "logit_bias": {"\ud800": 1}}""")]
    public async Task Body_HalfASurrogatePair_IsRefused(string body)
    {
        JsonElement error = (await _server.PostAsync(body)).Expect(400).GetProperty("error");
        Assert.Contains(error.GetProperty("code").GetString(), (string[])["invalid_unicode", "invalid_json"]);
        await AnswersAsync();
    }

    /// <summary>Bytes that are no UTF-8: alone, overlong, a surrogate, beyond the last character, cut off.</summary>
    [Theory, InlineData("FF"), InlineData("C080"), InlineData("EDA080"), InlineData("F4908080"), InlineData("E282"), InlineData("80")]
    public async Task Body_InvalidUtf8_IsRefused(string hex)
    {
        byte[] wrong = Convert.FromHexString(hex);
        string[] bodies = ["""{"prompt": "a?b"}""", """{"prompt": "x", "stop": ["?"]}""", """{"prompt": "x", "logit_bias": {"?": 1}}"""];
        foreach (string around in bodies.Append("?"))
        {
            string[] parts = around.Split('?');
            byte[] body = [.. Encoding.UTF8.GetBytes(parts[0]), .. wrong, .. Encoding.UTF8.GetBytes(parts[1])];
            JsonElement error = (await _server.PostAsync(body)).Expect(400).GetProperty("error");
            Assert.Contains(error.GetProperty("code").GetString(), (string[])["invalid_unicode", "invalid_json"]);
        }

        await AnswersAsync();
    }

    [Fact]
    public async Task Body_EveryCharacter_ComesBack()
    {
        const string Said = "\u0000\u0001\u001f\u007f \"\\/<>&'+ ä漢😀 \u2028\u2029\ufeff\uffff";
        Assert.Equal(Said, (await _server.GetCompletionAsync(new { prompt = Said, max_tokens = 100 })).Text);
        Assert.Equal(Said, (await _server.GetStreamedAsync(new { prompt = Said, max_tokens = 100, stream = true })).Text);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task ContentType_NotJson_IsRefused(string contentType)
    {
        Answer answer = await _server.PostAsync("{}"u8.ToArray(), contentType: contentType);
        answer.ExpectError(415, "invalid_request_error", "unsupported_media_type");
    }

    [Fact]
    public async Task ContentType_Absent_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new ByteArrayContent("{}"u8.ToArray()) };
        (await _server.SendAsync(request)).ExpectError(415, "invalid_request_error", "unsupported_media_type");
    }

    [Theory, InlineData("application/json; charset=utf-8"), InlineData("APPLICATION/JSON"), InlineData("application/vnd.x+json")]
    public async Task ContentType_Json_IsTaken(string contentType) =>
        (await _server.PostAsync("""{"prompt": "x"}"""u8.ToArray(), contentType: contentType)).Expect(200);

    [Theory, InlineData(false), InlineData(true)]
    public async Task Body_TooLarge_IsRefused(bool chunked)
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("max-request-bytes", "1024"));
        // What frames the chunks counts too.
        foreach ((int size, int status) in new[] { (chunked ? 1000 : 1024, 200), (1025, 413), (2000, 413) })
        {
            Answer answer = await SendAsync(server, size, chunked);
            if (status == 200) answer.Expect(200);
            else answer.ExpectError(413, "invalid_request_error", "request_too_large");
        }
    }

    /// <summary>The server ends the connection of a body that is too large, at times before the client has written all of it.</summary>
    private static async Task<Answer> SendAsync(TestServer server, int size, bool chunked)
    {
        for (int left = 10; ; left--)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions");
            request.Content = new StringContent("""{"prompt": "x", "user": ""}""".PadRight(size), Encoding.UTF8, "application/json");
            request.Headers.TransferEncodingChunked = chunked;
            try
            {
                return await server.SendAsync(request);
            }
            catch (HttpRequestException) when (left > 0)
            {
                // The answer was lost with the connection.
            }
        }
    }

    private async Task AnswersAsync() => Assert.Equal("x", (await _server.GetCompletionAsync(new { prompt = "x" })).Text);
}
