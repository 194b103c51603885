using System.Diagnostics;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>Programs of the system.</summary>
internal static class Tool
{
    /// <summary>True where a program of this name can be started.</summary>
    public static bool Exists(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Runs a program to its end; what it wrote to both of its streams is joined.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> args, string input = "")
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(Poll.Limit);
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(late.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(late.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), late.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(late.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
