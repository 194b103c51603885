using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

public class LogprobsTests(ParrotServer parrot, RandomServer random)
{
    private readonly TestServer _parrot = parrot.Server, _random = random.Server;

    [Theory, InlineData(false), InlineData(true)]
    public async Task Logprobs_PlainText_TokensJoinToTheText(bool stream)
    {
        object body = new { prompt = "say the thing", max_tokens = 50, logprobs = 0, stream };
        Completion answer = stream ? await _parrot.GetStreamedAsync(body) : await _parrot.GetCompletionAsync(body);
        Assert.Equal(["s", "a", "y", " the", " ", "th", "ing"], answer.Logprobs.Tokens); // not the one that ended it
        Assert.Equal([0, 1, 2, 3, 7, 8, 10], answer.Logprobs.TextOffset);
        Assert.All(answer.Logprobs.TokenLogprobs, logprob => Assert.Equal(-0.25f, logprob));
        Assert.Equal(answer.Text, string.Concat(answer.Logprobs.Tokens));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Logprobs_CharactersOfSeveralTokens_OffsetsCountCharacters(bool stream)
    {
        object body = new { prompt = "aé😀b", max_tokens = 50, logprobs = 0, stream };
        Completion answer = stream ? await _parrot.GetStreamedAsync(body) : await _parrot.GetCompletionAsync(body);
        Assert.Equal("aé😀b", answer.Text);
        Assert.Equal([0, 1, 1, 2, 2, 2, 2, 4], answer.Logprobs.TextOffset);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(5), InlineData(20)]
    public async Task Logprobs_AnyNumber_GivesTheMostLikelyInOrder(int top)
    {
        object body = new { prompt = "the", max_tokens = 40, logprobs = top, seed = 1, ignore_eos = true };
        CompletionLogprobs logprobs = (await _random.GetCompletionAsync(body)).Logprobs;
        Assert.Equal(40, logprobs.Tokens.Count);
        for (int i = 0; i < 40; i++)
        {
            float[] values = [.. logprobs.TopLogprobs[i]!.Values];
            Assert.Equal(values.OrderDescending(), values);
            Assert.InRange(values.Sum(value => Math.Exp(value)), 0, 1.0001);
            Assert.InRange(values.Length, 1, top + 1);
            Assert.True(logprobs.TokenLogprobs[i] <= values[0] || top == 0);
            Assert.True(logprobs.TopLogprobs[i]!.TryGetValue(logprobs.Tokens[i], out float own));
            if (logprobs.Tokens[i] != "\uFFFD") Assert.Equal(logprobs.TokenLogprobs[i], own); // several tokens spell alike as that
        }
    }

    [Fact]
    public async Task Logprobs_Greedy_TokenIsTheMostLikely()
    {
        object body = new { prompt = "the", max_tokens = 20, logprobs = 1, temperature = 0, ignore_eos = true };
        CompletionLogprobs logprobs = (await _random.GetCompletionAsync(body)).Logprobs;
        Assert.Equal(logprobs.TokenLogprobs, logprobs.TopLogprobs.Select(top => (float?)Assert.Single(top!).Value));
    }

    [Fact]
    public async Task Logprobs_Asked_ChangeNothingElse()
    {
        Completion with = await _random.GetCompletionAsync(new { prompt = "the", max_tokens = 40, seed = 3, logprobs = 20 });
        Completion without = await _random.GetCompletionAsync(new { prompt = "the", max_tokens = 40, seed = 3 });
        Assert.Equal((with.Text, with.FinishReason), (without.Text, without.FinishReason));
        Assert.Null(Assert.Single(without.Choices).Logprobs);
    }
}
