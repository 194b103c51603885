using System.ClientModel;
using System.ClientModel.Primitives;
using AdaptiveServe.Server.Tests.Harness;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace AdaptiveServe.Server.Tests.Clients;

/// <summary>The official .NET client of OpenAI against the pair that a fresh clone serves.</summary>
public class DemoClientTests(DemoServer demo)
{
    public static TheoryData<string> Names => [.. DemoRequest.Names];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private OpenAIClient Client => new(
        new ApiKeyCredential("any"),
        new OpenAIClientOptions { Endpoint = new Uri(demo.Server.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    [Fact]
    public async Task GetModels_DemoPair_ListsItsNames()
    {
        OpenAIModelCollection models = await Client.GetOpenAIModelClient().GetModelsAsync(Cancellation);
        Assert.Equal(DemoRequest.Names, models.Select(model => model.Id));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task CompleteChat_DemoPair_StreamsWhatItGivesWhole(string model)
    {
        ChatClient chat = Client.GetChatClient(model);
        ChatMessage[] messages = [new SystemChatMessage("Be brief."), new UserChatMessage("What is 347 plus 586?")];
        ChatCompletion whole = await chat.CompleteChatAsync(messages, CreateOptions(), Cancellation);
        List<StreamingChatCompletionUpdate> updates = await chat.CompleteChatStreamingAsync(messages, CreateOptions(), Cancellation).ToListAsync(Cancellation);
        Assert.Equal(model, whole.Model);
        Assert.Equal(
            string.Concat(whole.Content.Select(part => part.Text)),
            string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)));
        Assert.Equal(whole.FinishReason, Assert.Single(updates, update => update.FinishReason is not null).FinishReason);
        Assert.Equal(whole.Usage.OutputTokenCount, updates[^1].Usage.OutputTokenCount);
        Assert.InRange(whole.Usage.OutputTokenCount, 1, 20);
        Assert.Equal(
            whole.ContentTokenLogProbabilities.Select(token => (token.Token, token.LogProbability)),
            updates.SelectMany(update => update.ContentTokenLogProbabilities).Select(token => (token.Token, token.LogProbability)));
    }

    private static ChatCompletionOptions CreateOptions() =>
#pragma warning disable OPENAI001 // the client marks its seed as under evaluation
        new() { Seed = 11, MaxOutputTokenCount = 20, Temperature = 1, IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };
#pragma warning restore OPENAI001
}
