using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

/// <summary>The model repeats the prompt a byte a token, but for <c>the</c>, <c>th</c>, <c>in</c> and <c>ing</c>.</summary>
public class StopTests(ParrotServer parrot)
{
    private readonly TestServer _server = parrot.Server;

    /// <summary>Said, stop strings, the text before them, and the tokens until that was known.</summary>
    public static readonly TheoryData<string, string[], string, int> Cases = new()
    {
        { "hello STOP world", ["STOP"], "hello ", 10 },
        { "xSTxSTOP", ["STOP"], "xSTx", 8 }, // begins twice
        { "SSTOP", ["STOP"], "S", 5 },
        { "hello", ["hello"], "", 5 },
        { "hello", ["h"], "", 1 },
        { "aé😀b", ["😀"], "aé", 7 }, // bytes of a character come one by one
        { "aéb", ["é"], "a", 3 },
        { "aéb", ["aé"], "", 3 }, // what may begin it waits for the character
        { "aàaéb", ["aé"], "aà", 6 },
        { "the thing", ["in"], "the th", 4 }, // begins and ends within tokens
        { "the thing", ["hin"], "the t", 4 },
        { "say the end", ["y t"], "sa", 4 }, // ends in the middle of " the"
        { "hello world", ["world", "lo", "zzz"], "hel", 5 }, // the first to be complete
        { "hello world", ["o w", "lo"], "hel", 5 },
        { "abcd", ["bcd", "abcd"], "", 4 }, // both end here: the longer
        { "line\n\nnext", ["\n\n"], "line", 5 },
    };

    [Theory, MemberData(nameof(Cases))]
    public async Task Stop_Occurs_TextEndsBeforeIt(string said, string[] stop, string text, int tokens)
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = said, stop, max_tokens = 100 });
        Assert.Equal((text, "stop"), (answer.Text, answer.FinishReason));
        Assert.Equal(tokens, answer.Usage!.Completion);
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Stop_OccursInStream_NoPartOfItIsSent(string said, string[] stop, string text, int tokens)
    {
        object body = new { prompt = said, stop, max_tokens = 100, stream = true, stream_options = new { include_usage = true } };
        Completion answer = await _server.GetStreamedAsync(body);
        Assert.Equal((text, "stop"), (answer.Text, answer.FinishReason));
        Assert.Equal(tokens, answer.Usage!.Completion);
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Stop_OccursWithLogprobs_OnlyKeptTokensAreReported(string said, string[] stop, string text, int tokens)
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = said, stop, max_tokens = 100, logprobs = 0 });
        Assert.All(answer.Logprobs.TextOffset, offset => Assert.True(offset < text.Length));
        Assert.True(answer.Logprobs.Tokens.Count < tokens);
        Completion streamed = await _server.GetStreamedAsync(new { prompt = said, stop, max_tokens = 100, logprobs = 0, stream = true });
        if (text.Length > 0) Assert.Equal(answer.Logprobs.Tokens, streamed.Logprobs.Tokens);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Stop_OnlyBegins_IsText(bool stream)
    {
        object body = new { prompt = "abST", stop = "STOP", max_tokens = 4, stream };
        Completion answer = stream ? await _server.GetStreamedAsync(body) : await _server.GetCompletionAsync(body);
        Assert.Equal(("abST", "length"), (answer.Text, answer.FinishReason));
        body = new { prompt = "abSTx", stop = new[] { "STOP" }, stream };
        answer = stream ? await _server.GetStreamedAsync(body) : await _server.GetCompletionAsync(body);
        Assert.Equal(("abSTx", "stop"), (answer.Text, answer.FinishReason)); // the model ended it
    }

    [Fact]
    public async Task Stop_EndsWithTheLastToken_ReasonIsStop()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = "abSTOP", stop = "STOP", max_tokens = 6 });
        Assert.Equal(("ab", "stop", 6), (answer.Text, answer.FinishReason, answer.Usage!.Completion));
    }

    [Fact]
    public async Task Stop_BeforeLeastLength_IsText()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = "a.b.c.d", stop = ".", min_tokens = 4 });
        Assert.Equal(("a.b.c", "stop"), (answer.Text, answer.FinishReason));
    }

    [Fact]
    public async Task Stop_OneChoiceOfSeveral_OthersGoOn()
    {
        object body = new { prompt = new[] { "one. two", "three" }, stop = ".", stream = true };
        Assert.Equal(["one", "three"], (await _server.GetStreamedAsync(body)).Texts);
    }

    [Fact]
    public async Task StopTokenIds_Occur_EndWithoutTheirText()
    {
        object body = new { prompt = "abc", stop_token_ids = ByteTokenizerFolder.Bytes("c"), logprobs = 0 };
        Completion answer = await _server.GetCompletionAsync(body);
        Assert.Equal(("ab", "stop", 3), (answer.Text, answer.FinishReason, answer.Usage!.Completion));
        Assert.Equal(["a", "b"], answer.Logprobs.Tokens);
    }
}
