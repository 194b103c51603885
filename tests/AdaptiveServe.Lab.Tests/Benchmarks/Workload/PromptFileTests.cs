using AdaptiveServe.Lab.Benchmarks;
using AdaptiveServe.Lab.Benchmarks.Workload;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Workload;

public sealed class PromptFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Get_KnownKinds_GivesThemInTurn()
    {
        PromptFile prompts = Read("""
            {"prompt": "a"}
            {"text": "b"}
            {"question": "c", "answer": "x"}
            {"turns": ["d", "later"]}
            """, BenchApi.Completions);
        Assert.Equal(["d", "a", "b", "c", "d", "a"], Enumerable.Range(-1, 6).Select(index => prompts.Get(index, 1).Text));
    }

    [Fact]
    public void Get_Messages_GivesThemAsTheyAre()
    {
        Prompt prompt = Read("""{"messages": [{"role": "user", "content": "a"}]}""", BenchApi.Chat).Get(0, 1);
        Assert.Equal("""[{"role": "user", "content": "a"}]""", prompt.Messages!.Value.GetRawText());
    }

    [Theory]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}]}""", "need the chat API")]
    [InlineData("""{"messages": "a"}""", "'messages' is not an array")]
    [InlineData("""{"prompt": ["a"]}""", "'prompt' is not a string")]
    [InlineData("""{"turns": []}""", "has none of")]
    [InlineData("""{"turns": [1]}""", "has none of")]
    [InlineData("", "holds no prompts")]
    public void Read_WithoutPrompt_IsRefused(string line, string reason) =>
        Assert.Contains(reason, Assert.Throws<LabException>(() => Read(line, BenchApi.Completions)).Message, StringComparison.Ordinal);

    private PromptFile Read(string lines, BenchApi api) => new(_folder.Write("prompts.jsonl", lines), api);
}
