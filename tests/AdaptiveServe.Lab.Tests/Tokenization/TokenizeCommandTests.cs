using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Tests.Tokenization;

public sealed class TokenizeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TokenizeCommandTests() => TinyTokenizer.Write(_folder);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tokenize_Texts_WritesIdsAndWhatTheyDecodeTo()
    {
        LabRun run = await InvokeAsync("""
            {"text": "ab ba", "id": "kept out"}
            {"text": ""}
            {"text": "a</s>b"}
            """);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Equal(
            [
                """{"ids":[1,3,6,3,5,4],"text":"ab ba"}""",
                """{"ids":[1],"text":""}""",
                """{"ids":[1,3,4,2,3,5],"text":"a b"}""",
            ],
            (await ReadAsync()).TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Tokenize_NoSpecial_LeavesOutTheFirstToken()
    {
        await InvokeAsync("""{"text": "ab"}""", "--no-special");
        Assert.Equal("{\"ids\":[3,6],\"text\":\"ab\"}\n", await ReadAsync());
    }

    [Fact]
    public async Task Tokenize_MalformedLine_WritesNothing()
    {
        LabRun run = await InvokeAsync("{\"text\": \"a\"}\n{\"txt\": \"a\"}");
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.EndsWith("lines.jsonl:2: 'text' is missing", run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(["lines.jsonl", "tokenizer.json"], _folder.Names());
    }

    [Fact]
    public async Task Tokenize_NoTokenizer_NamesTheFolder()
    {
        File.Delete(_folder.File("tokenizer.json"));
        LabRun run = await InvokeAsync("""{"text": "ab"}""");
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains(_folder.Path, run.ErrorLine, StringComparison.Ordinal);
    }

    private Task<string> ReadAsync() => File.ReadAllTextAsync(_folder.File("out"), TestContext.Current.CancellationToken);

    private Task<LabRun> InvokeAsync(string lines, params string[] more) => LabRun.InvokeAsync(
        ["tokenize", "--model", _folder.Path, "--batch", _folder.Write("lines.jsonl", lines), "--out", _folder.File("out"), .. more]);
}
