using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

public class EchoTests(ParrotServer parrot, RandomServer random)
{
    private readonly TestServer _parrot = parrot.Server, _random = random.Server;

    [Theory, InlineData(false), InlineData(true)]
    public async Task Echo_AnyPrompt_BeginsTheText(bool stream)
    {
        foreach (object prompt in (object[])["the ä😀", ByteTokenizerFolder.Bytes("the ä😀")])
        {
            object body = new { prompt, echo = true, stream };
            Completion answer = stream ? await _parrot.GetStreamedAsync(body) : await _parrot.GetCompletionAsync(body);
            Assert.Equal("the ä😀the ä😀", answer.Text);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Echo_NoTokensWanted_IsThePromptAlone(bool stream)
    {
        object body = new { prompt = new[] { "one", "two" }, echo = true, max_tokens = 0, logprobs = 2, stream };
        Completion answer = stream ? await _random.GetStreamedAsync(body) : await _random.GetCompletionAsync(body);
        Assert.Equal(["one", "two"], answer.Texts);
        Assert.All(answer.Choices, choice => Assert.Equal(("length", 4), (choice.FinishReason, choice.Logprobs!.Tokens.Count)));
        if (!stream) Assert.Equal(0, answer.Usage!.Completion);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Echo_WithLogprobs_ReportsThePromptToo(bool stream)
    {
        object body = new { prompt = "the thing", echo = true, logprobs = 3, max_tokens = 2, temperature = 0, ignore_eos = true, stream };
        Completion answer = stream ? await _random.GetStreamedAsync(body) : await _random.GetCompletionAsync(body);
        CompletionLogprobs logprobs = answer.Logprobs;
        Assert.Equal(["<s>", "the", " ", "th", "ing"], logprobs.Tokens.Take(5));
        Assert.Equal([0, 0, 3, 4, 6, 9], logprobs.TextOffset.Take(6));
        Assert.Equal(7, logprobs.Tokens.Count);
        Assert.Null(logprobs.TokenLogprobs[0]);
        Assert.Null(logprobs.TopLogprobs[0]);
        for (int i = 1; i < 7; i++)
        {
            Assert.True(logprobs.TokenLogprobs[i] < 0);
            float own = logprobs.TopLogprobs[i]![logprobs.Tokens[i]];
            if (logprobs.Tokens[i] != "\uFFFD") Assert.Equal(logprobs.TokenLogprobs[i], own); // several tokens spell alike as that
        }
    }

    /// <summary>What the model said of its tokens when it drew them, it says of them as a prompt.</summary>
    [Fact]
    public async Task Echo_OfAnAnswer_GivesTheLogprobsOfDrawing()
    {
        int[] prompt = [1, 80, 90, 100];
        var ids = new List<int>(prompt);
        var drawn = new List<float>();
        for (int i = 0; i < 12; i++)
        {
            // Ids cannot be read from an answer, so a byte is drawn at a time, among plain ones.
            var bias = Enumerable.Range(0, 26).ToDictionary(letter => $"{2 + 'a' + letter}", _ => 100);
            object body = new { prompt = ids, max_tokens = 1, seed = i, logprobs = 0, logit_bias = bias };
            Completion step = await _random.GetCompletionAsync(body);
            ids.Add(2 + Assert.Single(step.Text));
            drawn.Add(Assert.Single(step.Logprobs.TokenLogprobs)!.Value);
        }

        Completion echo = await _random.GetCompletionAsync(new { prompt = ids, max_tokens = 0, echo = true, logprobs = 0 });
        List<float?> echoed = [.. echo.Logprobs.TokenLogprobs.Skip(prompt.Length)];
        Assert.Equal(drawn.Count, echoed.Count);
        foreach ((float expected, float? actual) in drawn.Zip(echoed)) Assert.Equal(expected, actual!.Value, 1e-4f);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData(new[] { 99 }, false)]
    [InlineData(new[] { 99 }, true)]
    public async Task Echo_PromptOfOneToken_HasNoLogprob(object prompt, bool stream)
    {
        object body = new { prompt, echo = true, logprobs = 1, max_tokens = 1, stream };
        Completion answer = stream ? await _random.GetStreamedAsync(body) : await _random.GetCompletionAsync(body);
        Assert.Null(answer.Logprobs.TokenLogprobs[0]);
        Assert.NotNull(answer.Logprobs.TokenLogprobs[1]);
        Assert.Equal(2, answer.Logprobs.Tokens.Count);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Echo_CharactersOfSeveralTokens_OffsetsCountCharacters(bool stream)
    {
        object body = new { prompt = "aé😀b", echo = true, logprobs = 0, max_tokens = 1, ignore_eos = true, stream };
        Completion answer = stream ? await _random.GetStreamedAsync(body) : await _random.GetCompletionAsync(body);
        Assert.Equal([0, 0, 1, 1, 2, 2, 2, 2, 4, 5], answer.Logprobs.TextOffset);
    }

    [Fact]
    public async Task Echo_SeveralChoices_EachReportsThePrompt()
    {
        object body = new { prompt = "the", n = 3, echo = true, logprobs = 1, max_tokens = 2, ignore_eos = true };
        Completion answer = await _random.GetCompletionAsync(body);
        float?[][] prompts = [.. answer.Choices.Select(choice => choice.Logprobs!.TokenLogprobs.Take(2).ToArray())];
        Assert.NotNull(prompts[0][1]);
        Assert.Equal([prompts[0], prompts[0], prompts[0]], prompts);
    }
}
