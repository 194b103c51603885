using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.BlackBox;

/// <summary>What inference servers are tested for from outside, on real weights that come with the project: answers of each model.</summary>
/// <remarks>Nothing depends on what the pair says: only on form, and on the agreement of different ways to ask.</remarks>
public class DemoAnswerCases(DemoServer demo)
{
    public static TheoryData<string> Names => [.. DemoRequest.Names];

    private TestServer Server => demo.Server;

    [Fact]
    public async Task Models_List_HasThePairAndItsAliases()
    {
        JsonElement list = (await Server.GetAsync("/v1/models")).Expect(200).GetProperty("data");
        Assert.Equal(DemoRequest.Names, list.EnumerateArray().Select(card => card.GetProperty("id").GetString()));
        foreach (string name in DemoRequest.Names)
            Assert.Equal(name, (await Server.GetAsync("/v1/models/" + name)).Expect(200).GetProperty("id").GetString());
        (await Server.GetAsync("/v1/models/large")).ExpectError(404, "invalid_request_error", "model_not_found", "model");
    }

    [Theory, InlineData("demo", "large"), InlineData("demo:large", "large"), InlineData("demo:small", "small")]
    public async Task Chat_EachName_AnswersFromItsModel(string model, string target)
    {
        ChatReply reply = await Server.GetChatAsync(new { model, messages = Chats.User("What is 347 plus 586?"), temperature = 0, max_tokens = 40 });
        Assert.Equal((model, target), (reply.Model, reply.Adaptive.GetProperty("target").GetString()));
        Assert.Contains(reply.FinishReason, (string[])["stop", "length"]);
        JsonElement tokens = reply.Adaptive.GetProperty("tokens");
        int small = tokens.GetProperty("small").GetInt32(), large = tokens.GetProperty("large").GetInt32();
        Assert.Equal(target == "small" ? (reply.Usage!.Completion, 0) : (0, reply.Usage!.Completion), (small, large));
        Assert.InRange(reply.Usage.Completion, 1, 40);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Chat_Streamed_IsTheWholeAnswer(string model)
    {
        for (int seed = 0; seed < 4; seed++)
        {
            Dictionary<string, object?> request = DemoRequest.Chat(Server, model, seed);
            ChatReply whole = await Server.GetChatAsync(request), joined = await Server.GetStreamedChatAsync(request.Streamed());
            Assert.Equal((whole.Content, whole.FinishReason, whole.Usage!.Completion), (joined.Content, joined.FinishReason, joined.Usage!.Completion));
            Assert.Equal(whole.Usage.Prompt, joined.Usage.Prompt);
            Assert.NotEmpty(whole.Content!);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Completion_OfTheWrittenConversation_IsTheChat(string model)
    {
        Dictionary<string, object?> chat = DemoRequest.Chat(Server, model, seed: 3);
        Answer written = await Server.PostAsync(JsonSerializer.Serialize(new { messages = chat["messages"] }), "/apply-template");
        Dictionary<string, object?> completion =
            DemoRequest.Create(Server, model, seed: 3).With("prompt", written.Expect(200).GetProperty("prompt").GetString());
        ChatReply reply = await Server.GetChatAsync(chat);
        Completion whole = await Server.GetCompletionAsync(completion), joined = await Server.GetStreamedAsync(completion.Streamed());
        Assert.Equal((reply.Content, reply.Content), (whole.Text, joined.Text));
        Assert.Equal(reply.Usage!.Prompt, whole.Usage!.Prompt);
    }

    [Fact]
    public async Task Chat_NameOfThePair_IsItsLargeModel()
    {
        async Task<string> AskAsync(string model)
        {
            ChatReply reply = await Server.GetChatAsync(DemoRequest.Chat(Server, model, seed: 5).With("logprobs", true));
            return string.Join('\n', reply.Choices[0].Logprobs!);
        }

        string large = await AskAsync("demo:large");
        Assert.Equal(large, await AskAsync("demo"));
        Assert.NotEqual(large, await AskAsync("demo:small")); // other weights: it is not the large one under another name
    }

    [Fact]
    public async Task Tokens_OfATextAndBack_AreTheText()
    {
        foreach (string text in (string[])["What is 3 plus 4?", "  two spaces", "ünïcödé 漢字 😀", "line\nbreak\r\n\ttab", "a", ""])
        {
            JsonElement tokens = (await Server.PostAsync(JsonSerializer.Serialize(new { prompt = text }), "/tokenize")).Expect(200).GetProperty("tokens");
            Answer back = await Server.PostAsync(JsonSerializer.Serialize(new { tokens }), "/detokenize");
            Assert.Equal(text, back.Expect(200).GetProperty("prompt").GetString());
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Prompt_AskedAgain_ComesFromTheCache(string model)
    {
        string question = string.Join(' ', Enumerable.Range(100, 60)) + model;
        Dictionary<string, object?> request = DemoRequest.Create(Server, model, seed: 1).With("messages", Chats.User(question));
        ChatReply first = await Server.GetChatAsync(request), again = await Server.GetChatAsync(request);
        Assert.Equal(first.Content, again.Content);
        Assert.InRange(again.Usage!.Cached, 16, again.Usage.Prompt);
    }
}
