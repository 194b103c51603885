using System.Text;
using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.BlackBox;

/// <summary>What inference servers are tested for from outside: answers and their form.</summary>
public class ChatCases(ChatServer chat, RandomChatServer random)
{
    private readonly TestServer _server = chat.Server, _random = random.Server;

    [Fact]
    public async Task Case08_Chat_Whole_IsAMessageOfTheAssistant()
    {
        ChatReply reply = await _server.GetChatAsync(new { model = "fake", messages = Chats.User("Hello.") });
        Assert.Equal(("fake", "Hello.", "stop"), (reply.Model, reply.Content, reply.FinishReason));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Case09_Usage_Sums_AndCountsAsTheTokenizer(bool stream)
    {
        object[] messages = Chats.User("the count of the things");
        TokenUsage usage = (await _server.GetChatAsync(stream, ("messages", messages), ("n", 2))).Usage!; // reading it checks the total
        int count = (await _server.PostAsync(JsonSerializer.Serialize(new { messages }), "/tokenize")).Expect(200).GetProperty("count").GetInt32();
        Assert.Equal((count, 2 * (count + 1)), (usage.Prompt, usage.Completion));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Case10_MaxTokens_Eight_IsEightTokens(bool stream)
    {
        ChatReply reply = await _server.GetChatAsync(stream, ("messages", Chats.User("0123456789")), ("max_tokens", 8));
        Assert.Equal(("01234567", "length", 8), (reply.Content, reply.FinishReason, reply.Usage!.Completion));
    }

    [Fact]
    public async Task Case11_Stream_Joined_IsTheWholeAnswer()
    {
        for (int i = 0; i < 10; i++)
        {
            object[] messages = Chats.User($"story {i}");
            ChatReply whole = await _random.GetChatAsync(new { messages, temperature = 0, max_tokens = 40 });
            ChatReply joined = await _random.GetStreamedChatAsync(new { messages, temperature = 0, max_tokens = 40, stream = true });
            Assert.Equal((whole.Content, whole.FinishReason), (joined.Content, joined.FinishReason));
        }
    }

    [Fact]
    public async Task Case12And13_Stream_RoleOnceAndFirst_OneEndAChoice()
    {
        List<JsonElement> parts = await _server.GetChatPartsAsync(new { messages = Chats.User("abc"), n = 3, stream = true }); // ends with [DONE]
        Assert.Single(parts.Select(part => (part.GetProperty("id").GetString(), part.GetProperty("created").GetInt64())).Distinct());
        foreach (IGrouping<int, JsonElement> choice in parts.Select(part => Assert.Single(part.GetProperty("choices").EnumerateArray())).GroupBy(choice => choice.GetProperty("index").GetInt32()))
        {
            Assert.Equal("assistant", choice.First().GetProperty("delta").GetProperty("role").GetString());
            Assert.All(choice.Skip(1), later => Assert.False(later.GetProperty("delta").TryGetProperty("role", out _)));
            Assert.Equal("stop", Assert.Single(choice, part => part.GetProperty("finish_reason").ValueKind != JsonValueKind.Null).GetProperty("finish_reason").GetString());
        }
    }

    [Fact]
    public async Task Case14_IncludeUsage_True_LastPartCounts()
    {
        List<JsonElement> parts = await PartsAsync(new { include_usage = true });
        Assert.All(parts[..^1], part => Assert.Equal(JsonValueKind.Null, part.GetProperty("usage").ValueKind));
        Assert.Equal(0, parts[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal((3, 4), (TokenUsage.Read(parts[^1])!.Prompt, TokenUsage.Read(parts[^1])!.Completion));
    }

    [Theory, InlineData(false), InlineData(null)]
    public async Task Case15_IncludeUsage_FalseOrAbsent_NoPartCounts(bool? include)
    {
        List<JsonElement> parts = await PartsAsync(include is null ? null : new { include_usage = include });
        Assert.All(parts, part => Assert.Equal((1, JsonValueKind.Null), (part.GetProperty("choices").GetArrayLength(), part.GetProperty("usage").ValueKind)));
    }

    [Fact]
    public async Task Case16_StreamOptions_NotStreaming_IsRefused() =>
        (await _server.ChatAsync(new { messages = Chats.User("x"), stream = false, stream_options = new { include_usage = true } }))
            .ExpectError(400, "invalid_request_error", "invalid_value", "stream_options");

    [Fact]
    public async Task Case17_ContinuousUsage_NeverFalls()
    {
        int[] counts = [.. (await PartsAsync(new { continuous_usage_stats = true })).Select(part => TokenUsage.Read(part)!.Completion)];
        Assert.Equal(counts.Order(), counts);
        Assert.Equal(4, counts[^1]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Case18_N_Three_IsThreeChoices(bool stream)
    {
        ChatReply reply = await _server.GetChatAsync(stream, ("messages", Chats.User("abc")), ("n", 3));
        Assert.Equal([0, 1, 2], reply.Choices.Select(choice => choice.Index));
        Assert.All(reply.Choices, choice => Assert.Equal(("abc", "stop"), (choice.Content, choice.FinishReason)));
    }

    [Fact]
    public async Task Case19_Seed_TheSame_IsTheSameText()
    {
        async Task<string?> SayAsync(int seed) =>
            (await _random.GetChatAsync(new { messages = Chats.User("once"), seed, temperature = 1.5, max_tokens = 30 })).Content;
        Assert.Equal(await SayAsync(7), await SayAsync(7));
        Assert.NotEqual(await SayAsync(7), await SayAsync(8));
    }

    [Fact]
    public async Task Case20_Logprobs_Five_SpellTheText()
    {
        ChatReply reply = await _random.GetChatAsync(new { messages = Chats.User("once"), logprobs = true, top_logprobs = 5, temperature = 0, max_tokens = 20 });
        IReadOnlyList<JsonElement> tokens = reply.Choices[0].Logprobs!;
        Assert.All(tokens, token =>
        {
            Assert.True(token.GetProperty("logprob").GetSingle() <= 0);
            Assert.Equal(5, token.GetProperty("top_logprobs").GetArrayLength());
            Assert.Equal(token.GetProperty("token").GetString(), token.GetProperty("top_logprobs")[0].GetProperty("token").GetString()); // the greedy one
        });
        Assert.Equal(reply.Content, Encoding.UTF8.GetString([.. tokens.SelectMany(token => token.GetProperty("bytes").EnumerateArray().Select(value => value.GetByte()))]));
    }

    [Fact]
    public async Task Case30_Prompts_Several_AreAnsweredInOrder()
    {
        string[] prompts = ["one", "two", "three"];
        Assert.Equal(prompts, (await _server.GetCompletionAsync(new { prompt = prompts })).Texts);
        Assert.Equal(prompts, (await _server.GetCompletionAsync(new { prompt = prompts.Select(ByteTokenizerFolder.Bytes) })).Texts);
        Assert.Equal(prompts, (await _server.GetStreamedAsync(new { prompt = prompts, stream = true })).Texts);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Case31_Echo_BeginsWithThePrompt(bool stream)
    {
        object body = new { prompt = "once", echo = true, logprobs = 1, max_tokens = 5, stream };
        Completion answer = stream ? await _random.GetStreamedAsync(body) : await _random.GetCompletionAsync(body);
        Assert.StartsWith("once", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["<s>", "o", "n", "c", "e"], answer.Logprobs.Tokens.Take(5));
        Assert.Null(answer.Logprobs.TokenLogprobs[0]);
        Assert.All(answer.Logprobs.TokenLogprobs.Skip(1), logprob => Assert.True(logprob <= 0));
    }

    private Task<List<JsonElement>> PartsAsync(object? options) =>
        _server.GetChatPartsAsync(new { messages = Chats.User("abc"), stream = true, stream_options = options });
}
