using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Tests.DemoSuite;

public sealed class DemoDataCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("in")]
    [InlineData("out")]
    public async Task DemoData_Count_WritesExamplesThatPass(string difficulty)
    {
        LabRun run = await InvokeAsync("--count", "50", "--seed", "3", "--difficulty", difficulty);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        string[] lines = await File.ReadAllLinesAsync(_folder.File("out"), TestContext.Current.CancellationToken);
        Assert.Equal(50, lines.Length);
        foreach (JsonElement line in lines.Select(line => JsonElement.Parse(line)))
        {
            Assert.Equal(["task", "prompt", "answer", "checker", "response"], line.EnumerateObject().Select(property => property.Name));
            Assert.True(Checkers.Get(Text(line, "checker")).Passes(Text(line, "response"), Text(line, "answer")));
        }
    }

    [Fact]
    public async Task DemoData_OtherDifficulty_IsRefused()
    {
        LabRun run = await InvokeAsync("--count", "50", "--difficulty", "hard");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Empty(_folder.Names());
    }

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;

    private Task<LabRun> InvokeAsync(params string[] more) => LabRun.InvokeAsync(["demo-data", "--out", _folder.File("out"), .. more]);
}
