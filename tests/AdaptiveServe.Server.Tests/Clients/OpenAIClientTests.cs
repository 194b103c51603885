using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using AdaptiveServe.Server.Tests.Contract;
using AdaptiveServe.Server.Tests.Harness;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace AdaptiveServe.Server.Tests.Clients;

/// <summary>The official .NET client of OpenAI, against a model that answers with the last message.</summary>
public sealed class OpenAIClientTests(ChatParrotServer parrot, RandomPairServer pair)
{
    private const string Call = """<tool_call>{"name": "get_weather", "arguments": {"city": "Oslo"}}</tool_call>""";

    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "get_weather", "The weather of a city now.", BinaryData.FromString("""{"type": "object", "properties": {"city": {"type": "string"}}}"""));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ChatClient Chat => Connect(parrot.Server).GetChatClient("fake");

    [Fact]
    public async Task CompleteChat_Question_GivesTextUsageAndReason()
    {
        ChatCompletion completion = await Chat.CompleteChatAsync(
            [new SystemChatMessage("Be brief."), new UserChatMessage("Grüße, 世界 🌍")], new ChatCompletionOptions { EndUserId = "somebody" }, Cancellation);

        Assert.Equal("Grüße, 世界 🌍", completion.Content[0].Text);
        Assert.Equal((ChatMessageRole.Assistant, ChatFinishReason.Stop), (completion.Role, completion.FinishReason));
        Assert.Equal("fake", completion.Model);
        Assert.StartsWith("chatcmpl-", completion.Id, StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.UtcNow, completion.CreatedAt, TimeSpan.FromMinutes(5));
        Assert.Null(completion.Refusal);
        int bytes = Encoding.UTF8.GetByteCount("Grüße, 世界 🌍");
        Assert.Equal((bytes, bytes + 1, 2 * bytes + 1), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount));
        Assert.Equal(0, completion.Usage.InputTokenDetails.CachedTokenCount);
    }

    [Fact]
    public async Task CompleteChat_TokenLimitAndStop_EndTheAnswer()
    {
        ChatCompletion limited = await Chat.CompleteChatAsync([new UserChatMessage("abcdef")], new ChatCompletionOptions { MaxOutputTokenCount = 3 }, Cancellation);
        ChatCompletion stopped = await Chat.CompleteChatAsync([new UserChatMessage("abcdef")], new ChatCompletionOptions { StopSequences = { "de" } }, Cancellation);
        Assert.Equal(("abc", ChatFinishReason.Length), (limited.Content[0].Text, limited.FinishReason));
        Assert.Equal(("abc", ChatFinishReason.Stop), (stopped.Content[0].Text, stopped.FinishReason));
    }

    [Fact]
    public async Task CompleteChatStreaming_Question_GivesTheSameInParts()
    {
        List<StreamingChatCompletionUpdate> updates = await Chat.CompleteChatStreamingAsync([new UserChatMessage("one 世 two")], null, Cancellation).ToListAsync(Cancellation);

        Assert.Equal("one 世 two", Text(updates));
        Assert.True(updates.Count > 5);
        Assert.Equal(ChatMessageRole.Assistant, updates[0].Role);
        Assert.Equal(ChatFinishReason.Stop, Assert.Single(updates, update => update.FinishReason is not null).FinishReason);
        Assert.Equal(12, updates[^1].Usage.OutputTokenCount);
        Assert.Single(updates.Select(update => update.CompletionId).Distinct());
    }

    [Fact]
    public async Task CompleteChat_ModelCallsATool_GivesTheCallAndTakesItsResult()
    {
        var options = new ChatCompletionOptions { Tools = { Weather }, ToolChoice = ChatToolChoice.CreateAutoChoice() };
        List<ChatMessage> messages = [new UserChatMessage("I look. " + Call)];
        ChatCompletion asked = await Chat.CompleteChatAsync(messages, options, Cancellation);

        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        Assert.Equal("I look.", asked.Content[0].Text.TrimEnd());
        ChatToolCall call = Assert.Single(asked.ToolCalls);
        Assert.Equal("get_weather", call.FunctionName);
        Assert.Equal("""{"city": "Oslo"}""", call.FunctionArguments.ToString());

        messages.AddRange([new AssistantChatMessage(asked), new ToolChatMessage(call.Id, "11 degrees")]);
        ChatCompletion answered = await Chat.CompleteChatAsync(messages, options, Cancellation);
        Assert.Equal(("11 degrees", ChatFinishReason.Stop), (answered.Content[0].Text, answered.FinishReason));
    }

    [Fact]
    public async Task CompleteChatStreaming_ModelCallsTools_GivesEachCallByItsIndex()
    {
        List<StreamingChatCompletionUpdate> updates = await Chat
            .CompleteChatStreamingAsync([new UserChatMessage(Call + Call)], new ChatCompletionOptions { Tools = { Weather } }, Cancellation).ToListAsync(Cancellation);

        List<StreamingChatToolCallUpdate> calls = [.. updates.SelectMany(update => update.ToolCallUpdates)];
        Assert.Equal([0, 1], calls.Select(call => call.Index));
        Assert.Equal(2, calls.Select(call => call.ToolCallId).Distinct().Count());
        Assert.All(calls, call => Assert.Equal(("get_weather", """{"city": "Oslo"}"""), (call.FunctionName, call.FunctionArgumentsUpdate.ToString())));
        Assert.Equal(ChatFinishReason.ToolCalls, Assert.Single(updates, update => update.FinishReason is not null).FinishReason);
        Assert.Equal("", Text(updates));
    }

    [Fact]
    public async Task CompleteChat_Logprobs_GivesEachTokenAndItsRivals()
    {
        var options = new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };
        ChatCompletion completion = await Chat.CompleteChatAsync([new UserChatMessage("aé")], options, Cancellation);

        Assert.Equal(["a", "\uFFFD", "\uFFFD"], completion.ContentTokenLogProbabilities.Select(token => token.Token));
        Assert.Equal("aé"u8.ToArray(), completion.ContentTokenLogProbabilities.SelectMany(token => token.Utf8Bytes!.Value.ToArray()));
        Assert.All(completion.ContentTokenLogProbabilities, token => Assert.Equal((-0.25f, 2), (token.LogProbability, token.TopLogProbabilities.Count)));
        Assert.Equal("b", completion.ContentTokenLogProbabilities[0].TopLogProbabilities[1].Token);
    }

    [Fact]
    public async Task CompleteChat_Seed_DecidesTheText()
    {
        ChatClient client = Connect(pair.Server).GetChatClient("demo");
        Assert.Equal(await AskAsync(1), await AskAsync(1));
        Assert.NotEqual(await AskAsync(1), await AskAsync(2));

        async Task<string> AskAsync(long seed)
        {
#pragma warning disable OPENAI001 // the client marks its seed as under evaluation
            var options = new ChatCompletionOptions { Seed = seed, MaxOutputTokenCount = 12, Temperature = 1 };
#pragma warning restore OPENAI001
            ChatCompletion completion = await client.CompleteChatAsync([new UserChatMessage("Hello")], options, Cancellation);
            return completion.Content[0].Text;
        }
    }

    [Fact]
    public async Task CompleteChat_MembersThatTheClientDoesNotKnow_CanBeSentAndRead()
    {
        ChatClient client = Connect(pair.Server).GetChatClient("demo");
        using BinaryContent body = BinaryContent.Create(BinaryData.FromString("""
            {"model": "demo", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 2, "n": 2, "adaptive": {"target": "small"}}
            """));
        ClientResult result = await client.CompleteChatAsync(body, new RequestOptions { CancellationToken = Cancellation });

        var answer = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(result.GetRawResponse().Content);
        Assert.Equal(2, answer.GetProperty("choices").GetArrayLength());
        Assert.Equal("small", answer.GetProperty("adaptive").GetProperty("target").GetString());
    }

    [Fact]
    public async Task CompleteChat_AliasOfTheModel_ChoosesTheTarget()
    {
        ClientResult<ChatCompletion> result = await Connect(pair.Server).GetChatClient("demo:small")
            .CompleteChatAsync([new UserChatMessage("Hello")], new ChatCompletionOptions { MaxOutputTokenCount = 2 }, Cancellation);
        Assert.Equal("demo:small", result.Value.Model);
        Assert.Contains("\"target\":\"small\"", result.GetRawResponse().Content.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_RefusedRequests_TellStatusCodeAndMessage()
    {
        ClientResultException unknown = await Assert.ThrowsAsync<ClientResultException>(() =>
            Connect(parrot.Server).GetChatClient("other").CompleteChatAsync([new UserChatMessage("a")], null, Cancellation));
        ClientResultException wrong = await Assert.ThrowsAsync<ClientResultException>(() =>
            Chat.CompleteChatAsync([new UserChatMessage("a")], new ChatCompletionOptions { Temperature = 3 }, Cancellation));
        ClientResultException streamed = await Assert.ThrowsAsync<ClientResultException>(async () =>
            await Chat.CompleteChatStreamingAsync([new UserChatMessage("a")], new ChatCompletionOptions { TopP = 7 }, Cancellation).ToListAsync(Cancellation));

        Assert.Equal((404, 400, 400), (unknown.Status, wrong.Status, streamed.Status));
        Assert.Contains("model_not_found", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("temperature", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("top_p", streamed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteChat_Keys_AreSentAndChecked()
    {
        using var template = new ParrotTemplate();
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), [.. template.Settings, ("api-key", "secret")]);
        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            Connect(server, "wrong").GetChatClient("fake").CompleteChatAsync([new UserChatMessage("a")], null, Cancellation));
        ChatCompletion taken = await Connect(server, "secret").GetChatClient("fake").CompleteChatAsync([new UserChatMessage("a")], null, Cancellation);
        Assert.Equal((401, "a"), (refused.Status, taken.Content[0].Text));
    }

    [Fact]
    public async Task CompleteChatStreaming_ClientLeaves_EndsTheGeneration()
    {
        using var template = new ParrotTemplate();
        await using GatedServer gated = await GatedServer.StartAsync(template.Settings);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        AsyncCollectionResult<StreamingChatCompletionUpdate> updates =
            Connect(gated.Server).GetChatClient("fake").CompleteChatStreamingAsync([new UserChatMessage(new string('a', 900))], null, leaving.Token);

        gated.Gate.Allow(3);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (StreamingChatCompletionUpdate update in updates)
                if (update.ContentUpdate.Count > 0 && update.ContentUpdate[0].Text.Length > 0) await leaving.CancelAsync();
        });
        await gated.StepUntilAsync(() => gated.Server.Engine.Snapshot() is { Running: 0, LargeBlocks.Held: 0 }, "leaving");
        Assert.InRange(gated.Gate.Arrived, 3, 800); // the whole answer takes 900
    }

    [Fact]
    public async Task GetModels_Always_ListsWhatRequestsMayName()
    {
        OpenAIModelClient client = Connect(pair.Server).GetOpenAIModelClient();
        OpenAIModelCollection models = await client.GetModelsAsync(Cancellation);
        OpenAIModel model = await client.GetModelAsync("demo:large", Cancellation);
        Assert.Equal(["demo", "demo:large", "demo:small", "demo:entropy", "demo:speculative"], models.Select(listed => listed.Id));
        Assert.Equal(("demo:large", "adaptiveserve"), (model.Id, model.OwnedBy));
    }

    private static OpenAIClient Connect(TestServer server, string key = "any") => new(
        new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    private static string Text(IEnumerable<StreamingChatCompletionUpdate> updates) =>
        string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text));
}
