using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

public class SamplingTests(RandomServer random)
{
    private readonly TestServer _server = random.Server;

    [Fact]
    public async Task Seed_Same_SameTextAloneAndAgain()
    {
        string text = await TextAsync(new { prompt = "the", seed = 7, max_tokens = 30, ignore_eos = true });
        Assert.Equal(text, await TextAsync(new { prompt = "the", seed = 7, max_tokens = 30, ignore_eos = true }));
        foreach (long other in (long[])[8, -7, long.MaxValue, long.MinValue])
            Assert.NotEqual(text, await TextAsync(new { prompt = "the", seed = other, max_tokens = 30, ignore_eos = true }));
    }

    [Fact]
    public async Task Seed_Absent_DiffersEachTime()
    {
        object body = new { prompt = "the", max_tokens = 30, ignore_eos = true };
        Assert.NotEqual(await TextAsync(body), await TextAsync(body));
    }

    [Fact]
    public async Task N_Several_FirstIsThatOfOneAndOthersDiffer()
    {
        string alone = await TextAsync(new { prompt = "the", seed = 7, max_tokens = 30, ignore_eos = true });
        Completion several = await _server.GetCompletionAsync(new { prompt = "the", seed = 7, max_tokens = 30, ignore_eos = true, n = 3 });
        Assert.Equal(alone, several.Choices[0].Text);
        Assert.Equal(3, several.Texts.Distinct().Count());
        Assert.Equal((2, 90), (several.Usage!.Prompt, several.Usage.Completion)); // the prompt counts once
    }

    [Fact]
    public async Task N_SeveralPrompts_SameSeedForTheSameNumber()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = new[] { "the", "the" }, seed = 7, max_tokens = 30, n = 2 });
        Assert.Equal(answer.Texts.Take(2), answer.Texts.Skip(2));
    }

    [Fact]
    public async Task BestOf_EqualToN_ChangesNothing()
    {
        Completion without = await _server.GetCompletionAsync(new { prompt = "the", seed = 7, n = 2 });
        Assert.Equal(without.Texts, (await _server.GetCompletionAsync(new { prompt = "the", seed = 7, n = 2, best_of = 2 })).Texts);
    }

    [Fact]
    public async Task Temperature_Zero_IsTopK1AndLeastTopP()
    {
        string greedy = await TextAsync(new { prompt = "the", temperature = 0, max_tokens = 30 });
        Assert.Equal(greedy, await TextAsync(new { prompt = "the", temperature = 0, max_tokens = 30, seed = 5 }));
        Assert.Equal(greedy, await TextAsync(new { prompt = "the", top_k = 1, max_tokens = 30 }));
        Assert.Equal(greedy, await TextAsync(new { prompt = "the", top_p = 1e-6, max_tokens = 30 }));
        Assert.Equal(greedy, await TextAsync(new { prompt = "the", min_p = 1, max_tokens = 30 }));
        Assert.NotEqual(greedy, await TextAsync(new { prompt = "the", temperature = 2, max_tokens = 30 }));
    }

    [Fact]
    public async Task LogitBias_OnTokens_ForbidsOrForcesThem()
    {
        var forced = new Dictionary<string, int> { [$"{2 + 'q'}"] = 100 };
        Assert.Equal("qqqqq", await TextAsync(new { prompt = "the", temperature = 0, max_tokens = 5, logit_bias = forced }));
        Assert.Equal("qqqqq", await TextAsync(new { prompt = "the", temperature = 1, max_tokens = 5, logit_bias = forced }));
        var both = new Dictionary<string, int> { [$"{2 + 'q'}"] = -100, [$"{2 + 'r'}"] = 50, [$"{2 + 's'}"] = 40 };
        Assert.Equal("rrrrr", await TextAsync(new { prompt = "the", temperature = 0, max_tokens = 5, logit_bias = both }));
        both[$"{2 + 'r'}"] = -100;
        Assert.Equal("sssss", await TextAsync(new { prompt = "the", temperature = 0, max_tokens = 5, logit_bias = both }));
    }

    [Theory, InlineData("frequency_penalty"), InlineData("presence_penalty"), InlineData("repetition_penalty")]
    public async Task Penalties_GreedyLetters_RepeatLess(string field)
    {
        var letters = Enumerable.Range('a', 26).ToDictionary(letter => $"{2 + letter}", _ => 90);
        var body = new Dictionary<string, object> { ["prompt"] = "x", ["temperature"] = 0, ["max_tokens"] = 26, ["logit_bias"] = letters };
        int plain = (await TextAsync(body)).Distinct().Count();
        body[field] = 2;
        Assert.True((await TextAsync(body)).Distinct().Count() > plain);
    }

    [Fact]
    public async Task Priority_Any_IsAnswered()
    {
        foreach (int priority in (int[])[int.MinValue, -1, 0, int.MaxValue])
            (await _server.CompleteAsync(new { prompt = "the", priority, max_tokens = 3 })).Expect(200);
    }

    private async Task<string> TextAsync(object body) => (await _server.GetCompletionAsync(body)).Text;
}
