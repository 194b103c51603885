using System.ClientModel;
using AdaptiveServe.Server.Tests.Contract;
using Microsoft.Extensions.AI;
using OpenAI;

namespace AdaptiveServe.Server.Tests.Clients;

/// <summary>Microsoft.Extensions.AI over OpenAI's client, against a model that answers with the last message.</summary>
public sealed class ExtensionsAITests(ChatParrotServer parrot)
{
    private const string Call = """<tool_call>{"name": "add", "arguments": {"a": 17, "b": 25}}</tool_call>""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetResponse_Question_GivesTextUsageAndReason()
    {
        using IChatClient client = Connect();
        ChatResponse response = await client.GetResponseAsync("hello", new ChatOptions { Temperature = 0, MaxOutputTokens = 100, TopK = null }, Cancellation);

        Assert.Equal("hello", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((5, 6, 11), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        Assert.Equal("fake", response.ModelId);
    }

    [Fact]
    public async Task GetStreamingResponse_Question_GivesTheSameInParts()
    {
        using IChatClient client = Connect();
        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync("hello 世界", null, Cancellation).ToListAsync(Cancellation);
        ChatResponse response = updates.ToChatResponse();

        Assert.True(updates.Count > 5);
        Assert.Equal(("hello 世界", ChatFinishReason.Stop), (response.Text, response.FinishReason));
        Assert.Equal(13, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task GetResponse_ModelCallsAFunction_InvokesItAndSendsItsResult()
    {
        (IChatClient client, ChatOptions options, List<(int, int)> calls) = ConnectWithFunction();
        using (client)
        {
            ChatResponse response = await client.GetResponseAsync(Call, options, Cancellation);
            Assert.Equal("42", response.Text);
        }

        Assert.Equal([(17, 25)], calls);
    }

    [Fact]
    public async Task GetStreamingResponse_ModelCallsAFunctionTwice_InvokesItTwice()
    {
        (IChatClient client, ChatOptions options, List<(int, int)> calls) = ConnectWithFunction();
        using (client)
        {
            ChatResponse response = await client.GetStreamingResponseAsync("Let me see. " + Call + Call, options, Cancellation).ToChatResponseAsync(Cancellation);
            Assert.EndsWith("42", response.Text, StringComparison.Ordinal);
        }

        Assert.Equal([(17, 25), (17, 25)], calls);
    }

    [Fact]
    public async Task GetResponse_OptionsOfTheServer_PassThroughTheRawRepresentation()
    {
        using IChatClient client = Connect();
        var options = new ChatOptions { StopSequences = ["c"], FrequencyPenalty = 0.5f, PresencePenalty = 0.5f, TopP = 0.9f, Seed = 3 };
        Assert.Equal("ab", (await client.GetResponseAsync("abcd", options, Cancellation)).Text);
    }

    [Fact]
    public async Task GetResponse_WrongOption_ThrowsWithTheStatus()
    {
        using IChatClient client = Connect();
        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            client.GetResponseAsync("a", new ChatOptions { Temperature = -1 }, Cancellation));
        Assert.Equal(400, refused.Status);
    }

    private IChatClient Connect() => new OpenAIClient(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(parrot.Server.Address, "/v1") })
        .GetChatClient("fake").AsIChatClient();

    private (IChatClient Client, ChatOptions Options, List<(int, int)> Calls) ConnectWithFunction()
    {
        var calls = new List<(int, int)>();
        AIFunction add = AIFunctionFactory.Create(
            (int a, int b) =>
            {
                calls.Add((a, b));
                return a + b;
            },
            "add", "Adds two numbers.");
        return (Connect().AsBuilder().UseFunctionInvocation().Build(), new ChatOptions { Tools = [add] }, calls);
    }
}
