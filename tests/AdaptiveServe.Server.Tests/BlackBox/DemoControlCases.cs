using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.BlackBox;

/// <summary>What inference servers are tested for from outside, on real weights that come with the project: what a request can ask for.</summary>
public class DemoControlCases(DemoServer demo)
{
    public static TheoryData<string> Names => [.. DemoRequest.Names];

    private TestServer Server => demo.Server;

    [Theory, MemberData(nameof(Names))]
    public async Task Stop_TextOfTheAnswer_EndsItBefore(string model)
    {
        for (int seed = 0; seed < 4; seed++)
        {
            Dictionary<string, object?> request = DemoRequest.Chat(Server, model, seed, tokens: 40);
            string said = (await Server.GetChatAsync(request)).Content!;
            string stop = PlainPart(said);
            Dictionary<string, object?> stopped = request.With("stop", new[] { "\u0001never", stop });
            foreach (ChatReply reply in (ChatReply[])[await Server.GetChatAsync(stopped), await Server.GetStreamedChatAsync(stopped.Streamed())])
                Assert.Equal((said[..said.IndexOf(stop, StringComparison.Ordinal)], "stop"), (reply.Content, reply.FinishReason));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task MaxTokens_Any_IsTheLength(string model)
    {
        foreach (int tokens in (int[])[1, 8, 33])
        {
            ChatReply reply = await Server.GetChatAsync(DemoRequest.Chat(Server, model, seed: 2, tokens));
            Assert.Equal((tokens, "length"), (reply.Usage!.Completion, reply.FinishReason));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Seed_TheSame_IsTheSameText(string model)
    {
        async Task<string?> SayAsync(int seed) => (await Server.GetChatAsync(DemoRequest.Chat(Server, model, seed))).Content;
        Assert.Equal(await SayAsync(7), await SayAsync(7));
        string?[] others = await Task.WhenAll(Enumerable.Range(0, 8).Select(SayAsync));
        Assert.True(others.Distinct().Count() > 1, "eight seeds gave one text");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task N_Six_IsSixChoicesOfTheirOwn(string model)
    {
        Dictionary<string, object?> request = DemoRequest.Chat(Server, model, seed: 4).With("n", 6);
        ChatReply whole = await Server.GetChatAsync(request), joined = await Server.GetStreamedChatAsync(request.Streamed());
        Assert.Equal([0, 1, 2, 3, 4, 5], whole.Choices.Select(choice => choice.Index));
        Assert.Equal(whole.Choices.Select(choice => choice.Content), joined.Choices.Select(choice => choice.Content));
        Assert.True(whole.Choices.Select(choice => choice.Content).Distinct().Count() > 1, "six choices are one text");
        Assert.Equal((6 * 24, 6 * 24), (whole.Usage!.Completion, joined.Usage!.Completion));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Logprobs_Greedy_NameTheTokensThatWereTaken(string model)
    {
        Dictionary<string, object?> request = DemoRequest.Chat(Server, model, seed: 0).With("temperature", 0)
            .With("logprobs", true).With("top_logprobs", 5).With("adaptive", new { trace = true });
        ChatReply whole = await Server.GetChatAsync(request), joined = await Server.GetStreamedChatAsync(request.Streamed());
        IReadOnlyList<JsonElement> tokens = whole.Choices[0].Logprobs!;
        Assert.Equal(tokens.Select(token => token.GetRawText()), joined.Choices[0].Logprobs!.Select(token => token.GetRawText()));
        Assert.Equal(whole.Usage!.Completion, tokens.Count);
        Assert.All(tokens, CheckRivals);
        int[] ids = [.. whole.Trace.Select(record => record.GetProperty("id").GetInt32())];
        Answer text = await Server.PostAsync(JsonSerializer.Serialize(new { tokens = ids }), "/detokenize");
        Assert.Equal(whole.Content, text.Expect(200).GetProperty("prompt").GetString());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Prompt_LongerThanTheContext_IsRefusedBeforeAnyEvent(bool stream)
    {
        int id = Server.Model.Tokenizer.Encode("a", addSpecialTokens: false)[0];
        int[] prompt = [.. Enumerable.Repeat(id, Server.Engine.Info.ContextLength + 1)];
        (await Server.CompleteAsync(new { prompt, stream })).ExpectError(400, "invalid_request_error", "context_length_exceeded", "prompt");
    }

    private static void CheckRivals(JsonElement token)
    {
        float[] rivals = [.. token.GetProperty("top_logprobs").EnumerateArray().Select(rival => rival.GetProperty("logprob").GetSingle())];
        Assert.Equal(5, rivals.Length);
        Assert.Equal(rivals.OrderDescending(), rivals);
        Assert.All(rivals.Append(token.GetProperty("logprob").GetSingle()), logprob => Assert.True(logprob <= 0));
        Assert.InRange(rivals.Sum(MathF.Exp), 0, 1.001f);
    }

    /// <summary>The last two neighbours that are plain characters: no part of one is missing, so that it can be sent as a stop string.</summary>
    private static string PlainPart(string text)
    {
        int last = Enumerable.Range(0, text.Length - 1).LastOrDefault(i => char.IsAscii(text[i]) && char.IsAscii(text[i + 1]), -1);
        return last < 0 ? text[..1] : text[last..(last + 2)];
    }
}
