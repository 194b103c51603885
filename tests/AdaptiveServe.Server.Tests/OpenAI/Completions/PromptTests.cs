using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Completions;

public class PromptTests(ParrotServer parrot)
{
    private readonly TestServer _server = parrot.Server;

    [Fact]
    public async Task Prompt_String_IsAnswered()
    {
        Completion answer = await _server.GetCompletionAsync(new { model = "fake", prompt = "the thing", max_tokens = 20 });
        Assert.Equal(("the thing", "stop", "fake"), (answer.Text, answer.FinishReason, answer.Model));
        Assert.Equal(new TokenUsage(Prompt: 5, Completion: 5, Cached: 0), answer.Usage);
    }
}
