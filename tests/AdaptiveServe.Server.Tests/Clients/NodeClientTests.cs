using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AdaptiveServe.Server.Tests.Contract;

namespace AdaptiveServe.Server.Tests.Clients;

/// <summary>The official JavaScript client of OpenAI, where Node.js is installed and the package can be had.</summary>
public sealed class NodeClientTests(ChatParrotServer parrot) : IDisposable
{
    private const string Package = "openai@7.55.0";

    private static readonly TimeSpan InstallLimit = TimeSpan.FromSeconds(90), RunLimit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("adaptiveserve-node-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Client_AllThatItOffers_Works()
    {
        Assert.SkipWhen((await RunAsync("node", RunLimit, "--version")).Code != 0, "Node.js is not installed");
        (int code, string output) = await RunAsync("npm", InstallLimit, "install", "--no-audit", "--no-fund", "--ignore-scripts", Package);
        Assert.SkipWhen(code != 0, $"npm cannot install {Package}: {output}");

        (code, output) = await RunAsync("node", RunLimit, Script(), new Uri(parrot.Server.Address, "/v1").ToString(), _folder);
        Assert.True(code == 0, output);
        JsonElement results = JsonSerializer.Deserialize<JsonElement>(output);
        Check(results, "models", """["fake", "fake:large", "fake"]""");
        Check(results, "chat", """{"text": "Grüße 世界", "reason": "stop", "tokens": 15, "adaptive": "large"}""");
        Check(results, "stream", """{"text": "one two", "reason": "stop", "tokens": 8}""");
        Check(results, "tool", """{"name": "add", "arguments": {"a": 1}, "reason": "tool_calls"}""");
        Check(results, "runTools", """{"text": "done", "seen": {"a": 1}}""");
        Check(results, "completion", """{"text": "ab", "reason": "length", "tokens": ["a", "b"]}""");
        Check(results, "completionStream", "\"abc\"");
        Check(results, "errors", """
            [{"kind": "BadRequestError", "status": 400, "code": "out_of_range", "param": "temperature", "type": "invalid_request_error"},
             {"kind": "NotFoundError", "status": 404, "code": "model_not_found", "param": "model", "type": "invalid_request_error"},
             {"kind": "BadRequestError", "status": 400, "code": "out_of_range", "param": "top_p", "type": "invalid_request_error"}]
            """);
        Check(results, "leave", "true");
    }

    private static void Check(JsonElement results, string step, string expected) =>
        Assert.True(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(expected), results.GetProperty(step)), $"{step}: {results.GetProperty(step)}");

    private static string Script([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "node", "client.mjs");

    /// <summary>Runs a program in the temporary folder, no longer than a limit; a program that is not there has the code -1.</summary>
    private async Task<(int Code, string Output)> RunAsync(string program, TimeSpan limit, params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return (-1, exception.Message);
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(late.Token), errors = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            return process.ExitCode == 0 ? (0, await output) : (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-2, $"{program} took more than {limit.TotalSeconds} s");
        }
    }
}
