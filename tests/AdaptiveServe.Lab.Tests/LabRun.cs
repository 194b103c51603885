namespace AdaptiveServe.Lab.Tests;

/// <summary>What a run of the program gave.</summary>
internal sealed record LabRun(int Code, string Output, string Error)
{
    public static async Task<LabRun> InvokeAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = await Program.RunAsync(args, output, error);
        return new LabRun(code, output.ToString(), error.ToString());
    }

    /// <summary>The only line on the error stream.</summary>
    public string ErrorLine => Assert.Single(Error.TrimEnd('\n').Split('\n'));
}
