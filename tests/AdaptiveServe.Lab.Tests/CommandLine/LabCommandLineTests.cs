using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Tests.CommandLine;

public class LabCommandLineTests
{
    [Theory]
    [InlineData("tokenize")]
    [InlineData("template")]
    [InlineData("inspect")]
    [InlineData("bench")]
    [InlineData("export gguf")]
    public async Task Help_OfAVerb_EndsWithAnExample(string verb)
    {
        LabRun run = await LabRun.InvokeAsync([.. verb.Split(' '), "--help"]);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Contains($"Example:{Environment.NewLine}  adaptiveserve-lab {verb} --", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfAVerbWithVerbs_ListsThemAndEndsWithTheExampleOfTheFirst()
    {
        LabRun run = await LabRun.InvokeAsync("export", "--help");
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Contains("\n  gguf ", run.Output, StringComparison.Ordinal);
        Assert.Contains($"Example:{Environment.NewLine}  adaptiveserve-lab export gguf --", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adaptiveserve-lab export: ", "Help: adaptiveserve-lab export --help", "export")]
    [InlineData("adaptiveserve-lab export: ", "Help: adaptiveserve-lab export --help", "export", "paint")]
    [InlineData("adaptiveserve-lab export gguf: ", "Help: adaptiveserve-lab export gguf --help", "export", "gguf", "--model", "m")]
    [InlineData("adaptiveserve-lab export gguf: ", "'f32'", "export", "gguf", "--model", "m", "--out", "f", "--dtype", "q4")]
    public async Task Invoke_MeaninglessLineOfAVerbInAVerb_NamesBoth(string start, string part, params string[] args)
    {
        LabRun run = await LabRun.InvokeAsync(args);
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
        Assert.StartsWith(start, run.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(part, run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_OfTheProgram_ListsTheVerbs()
    {
        LabRun run = await LabRun.InvokeAsync("--help");
        Assert.Equal(ExitCode.Success, run.Code);
        Assert.All(
            ["tokenize", "template", "inspect", "bench", "export"], verb => Assert.Contains($"\n  {verb} ", run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData]
    [InlineData("paint")]
    [InlineData("tokenize", "--model", "m")]
    [InlineData("inspect", "--model", "a", "--model", "b")]
    [InlineData("inspect", "--model", "a", "--loud")]
    [InlineData("inspect", "--model", "")]
    [InlineData("inspect", "--model=")]
    public async Task Invoke_MeaninglessLine_IsAUsageError(params string[] args)
    {
        LabRun run = await LabRun.InvokeAsync(args);
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
        Assert.StartsWith("adaptiveserve-lab", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_WorkThatCannotBeDone_SaysWhyInOneLine()
    {
        LabRun run = await LabRun.InvokeAsync("inspect", "--model", "/no/such\nfolder");
        Assert.Equal((ExitCode.Failure, ""), (run.Code, run.Output));
        Assert.Contains("does not exist", run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_ArgumentWithAtSign_IsNotReadFromAFile()
    {
        using TemporaryFolder folder = new();
        LabRun run = await LabRun.InvokeAsync("inspect", "--model", "@" + folder.Write("args.txt", "/nowhere"));
        Assert.Contains("@", run.ErrorLine, StringComparison.Ordinal);
    }
}
