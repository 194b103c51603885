using System.Text;
using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Chat;

public class ChatFormatTests(ChatServer chat, RandomChatServer random)
{
    private readonly TestServer _server = chat.Server, _random = random.Server;

    [Fact]
    public async Task Stream_ManySeeds_IsTheWholeAnswerInParts()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            (string, object?)[] fields =
            [
                ("messages", Chats.User("ä the")), ("max_tokens", 50), ("seed", seed), ("temperature", seed % 2 == 0 ? 2 : 0.5),
                ("stop", seed % 3 == 0 ? [] : new[] { ((char)('a' + seed % 26)).ToString(), "\uFFFD\uFFFD" }),
                ("logprobs", seed % 4 == 1), ("adaptive", new { trace = seed % 5 == 1 }),
            ];
            ChatReply whole = await _random.GetChatAsync(stream: false, fields), joined = await _random.GetChatAsync(stream: true, fields);
            Assert.Equal((whole.Content, whole.FinishReason, whole.Usage! with { Cached = 0 }), (joined.Content, joined.FinishReason, joined.Usage! with { Cached = 0 }));
            Assert.Equal(Texts(whole.Choices[0].Logprobs), Texts(joined.Choices[0].Logprobs));
            Assert.Equal(Texts(whole.Trace), Texts(joined.Trace));
        }

        static string[] Texts(IEnumerable<JsonElement>? elements) => [.. (elements ?? []).Select(element => element.GetRawText())];
    }

    [Fact]
    public async Task Stream_Parts_HaveTheFormOfOpenAI()
    {
        List<JsonElement> parts = await _server.GetChatPartsAsync(new { messages = Chats.User("abc"), stream = true });
        Assert.Equal(5, parts.Count); // the role, three letters, the end
        Assert.Equal("""{"role":"assistant","content":""}""", Delta(parts[0]));
        Assert.Equal(["""{"content":"a"}""", """{"content":"b"}""", """{"content":"c"}""", "{}"], parts[1..].Select(Delta));
        Assert.All(parts, part => Assert.Equal(JsonValueKind.Null, part.GetProperty("usage").ValueKind));
        Assert.All(parts[..^1], part => Assert.Equal(JsonValueKind.Null, part.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind));
        Assert.Equal("stop", parts[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("fake", ChatReply.Join(parts).Model);

        static string Delta(JsonElement part) => part.GetProperty("choices")[0].GetProperty("delta").GetRawText();
    }

    [Fact]
    public async Task Stream_ContinuousUsage_EveryPartCounts()
    {
        List<JsonElement> parts = await _server.GetChatPartsAsync(
            new { messages = Chats.User("abc"), n = 2, stream = true, stream_options = new { continuous_usage_stats = true } });
        int[] counts = [.. parts.Select(part => TokenUsage.Read(part)!.Completion)];
        Assert.Equal(counts.Order(), counts);
        Assert.Equal(8, counts[^1]);
        Assert.Equal(0, parts[^1].GetProperty("choices").GetArrayLength());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Choices_Several_EachIsWhole(bool stream)
    {
        ChatReply reply = await _random.GetChatAsync(stream, ("messages", Chats.User("the ")), ("n", 3), ("seed", 5), ("max_tokens", 12), ("temperature", 2));
        Assert.Equal([0, 1, 2], reply.Choices.Select(choice => choice.Index));
        Assert.Equal(3, reply.Choices.Select(choice => choice.Content).Distinct().Count());
        ChatReply alone = await _random.GetChatAsync(stream, ("messages", Chats.User("the ")), ("seed", 5), ("max_tokens", 12), ("temperature", 2));
        Assert.Equal(alone.Content, reply.Choices[0].Content);
        Assert.Equal(alone.Usage!.Prompt, reply.Usage!.Prompt); // counted once
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Logprobs_WithTop_SpellEveryToken(bool stream)
    {
        ChatReply reply = await _random.GetChatAsync(
            stream, ("messages", Chats.User("ä")), ("logprobs", true), ("top_logprobs", 5), ("max_tokens", 30), ("temperature", 1.5), ("seed", 2));
        IReadOnlyList<JsonElement> tokens = reply.Choices[0].Logprobs!;
        Assert.Equal(reply.Usage!.Completion - (reply.FinishReason == "stop" ? 1 : 0), tokens.Count);
        Assert.Equal(reply.Content, Encoding.UTF8.GetString([.. tokens.SelectMany(Bytes)]));
        foreach (JsonElement token in tokens)
        {
            Assert.True(token.GetProperty("logprob").GetSingle() <= 0);
            Assert.Equal(token.GetProperty("token").GetString(), Encoding.UTF8.GetString(Bytes(token)));
            List<JsonElement> top = [.. token.GetProperty("top_logprobs").EnumerateArray()];
            Assert.Equal(5, top.Count);
            Assert.Equal(top.Select(one => one.GetProperty("logprob").GetSingle()).OrderDescending(), top.Select(one => one.GetProperty("logprob").GetSingle()));
            Assert.All(top, one => Assert.Equal(["token", "logprob", "bytes"], one.EnumerateObject().Select(property => property.Name)));
        }

        static byte[] Bytes(JsonElement token) => [.. token.GetProperty("bytes").EnumerateArray().Select(value => value.GetByte())];
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Logprobs_WithoutTop_HaveNone(bool stream)
    {
        ChatReply reply = await _server.GetChatAsync(stream, ("messages", Chats.User("ab")), ("logprobs", true));
        Assert.Equal(["a", "b"], reply.Choices[0].Logprobs!.Select(token => token.GetProperty("token").GetString()));
        Assert.All(reply.Choices[0].Logprobs!, token => Assert.Equal(0, token.GetProperty("top_logprobs").GetArrayLength()));
        Assert.Null((await _server.GetChatAsync(stream, ("messages", Chats.User("ab")), ("logprobs", false))).Choices[0].Logprobs);
    }

    /// <summary>What a stop string cuts off is neither text nor a log-probability, and no part is sent for it.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Logprobs_StopString_EndWithTheText(bool stream)
    {
        ChatReply reply = await _server.GetChatAsync(stream, ("messages", Chats.User("abXYcd")), ("logprobs", true), ("stop", "XY"));
        Assert.Equal(("ab", "stop", 4), (reply.Content, reply.FinishReason, reply.Usage!.Completion));
        Assert.Equal(["a", "b"], reply.Choices[0].Logprobs!.Select(token => token.GetProperty("token").GetString()));
    }

    [Fact]
    public async Task Whole_Answer_HasEveryMember()
    {
        JsonElement body = (await _server.ChatAsync(new { messages = Chats.User("abc"), user = "u", metadata = new { a = "b" } })).Expect(200);
        Assert.Equal(["adaptive", "choices", "created", "id", "model", "object", "usage"], body.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal("""{"role":"assistant","content":"abc","refusal":null}""", body.GetProperty("choices")[0].GetProperty("message").GetRawText());
        Assert.Equal("""{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":0}}""", body.GetProperty("usage").GetRawText());
    }
}
