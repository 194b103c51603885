using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

public class PromptTests(ParrotServer parrot)
{
    private readonly TestServer _server = parrot.Server;

    [Fact]
    public async Task Prompt_String_IsAnswered()
    {
        Completion answer = await _server.GetCompletionAsync(new { model = "fake", prompt = "the thing" });
        Assert.Equal(("the thing", "stop", "fake"), (answer.Text, answer.FinishReason, answer.Model));
        Assert.Equal(new TokenUsage(Prompt: 5, Completion: 5, Cached: 0), answer.Usage); // a token begins it, another ends the answer
    }

    [Fact]
    public async Task Prompt_Strings_AreAnsweredInOrder()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = new[] { "first", "second", "", "third" } });
        Assert.Equal(["first", "second", "", "third"], answer.Texts);
        Assert.Equal(6 + 7 + 1 + 5, answer.Usage!.Prompt);
    }

    [Fact]
    public async Task Prompt_TokenIds_AreTakenAsTheyAre()
    {
        Completion answer = await _server.GetCompletionAsync(new { prompt = ByteTokenizerFolder.Bytes("the ä") });
        Assert.Equal("the ä", answer.Text);
        Assert.Equal(6, answer.Usage!.Prompt);
    }

    [Fact]
    public async Task Prompt_ListsOfTokenIds_AreAnsweredInOrder()
    {
        int[][] prompt = [ByteTokenizerFolder.Bytes("one"), ByteTokenizerFolder.Bytes("two")];
        Completion answer = await _server.GetCompletionAsync(new { prompt });
        Assert.Equal(["one", "two"], answer.Texts);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Prompt_SeveralWithSeveralChoices_IndexIsPromptThenChoice(bool stream)
    {
        object body = new { prompt = new[] { "one", "two", "three" }, n = 2, echo = true, stream };
        Completion answer = stream ? await _server.GetStreamedAsync(body) : await _server.GetCompletionAsync(body);
        Assert.Equal(["oneone", "oneone", "twotwo", "twotwo", "threethree", "threethree"], answer.Texts);
        Assert.Equal([0, 1, 2, 3, 4, 5], answer.Choices.Select(choice => choice.Index));
    }

    [Fact]
    public async Task Prompt_ManyStreamed_AllAreAnswered()
    {
        string[] prompts = [.. Enumerable.Range(0, 400).Select(i => $"prompt {i}")];
        Completion answer = await _server.GetStreamedAsync(new { prompt = prompts, stream = true });
        Assert.Equal(prompts, answer.Texts);
    }

    [Fact]
    public async Task Prompt_UnknownModel_IsNotFound()
    {
        Answer answer = await _server.CompleteAsync(new { model = "other", prompt = "x" });
        answer.ExpectError(404, "invalid_request_error", "model_not_found", "model");
        Assert.Contains("'other'", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt": [[5, 263]]}""")]
    [InlineData("""{"prompt": [-1]}""")]
    [InlineData("""{"prompt": [2147483647]}""")]
    public async Task Prompt_TokenOutsideVocabulary_IsRefused(string body) =>
        (await _server.PostAsync(body)).ExpectInvalid("invalid_value", "prompt");

    [Theory, InlineData("{}"), InlineData("""{"prompt": null}""")]
    public async Task Prompt_Missing_IsRefused(string body) =>
        (await _server.PostAsync(body)).ExpectInvalid("missing_field", "prompt");
}
