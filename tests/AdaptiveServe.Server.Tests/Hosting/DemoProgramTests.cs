using System.Text;
using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Hosting;

/// <summary>The program as a process, without a model of its own.</summary>
public sealed class DemoProgramTests : IDisposable
{
    private const string Anywhere = "http://127.0.0.1:0";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adaptiveserve-");

    [Theory, InlineData(), InlineData("--demo"), InlineData("--model", "demo")]
    public async Task Run_NoModel_ServesTheDemoPair(params string[] flags)
    {
        DemoServer.RequirePair();
        await using ServerProcess process = ServerProcess.Start([.. flags, "--urls", Anywhere, "--threads", "1", "--kv-memory", "0.1"]);
        using HttpClient client = await process.WaitUntilReadyAsync();
        const string Size = @"\d+ layers?, [0-9.]+[KM]? parameters";
        Assert.Matches($@"Serving demo on http://\S+, context \d+: the demo pair \(large: {Size}; small: {Size}\)", process.Output);
        foreach (string model in DemoRequest.Names)
        {
            string body = JsonSerializer.Serialize(new { model, messages = Chats.User("Hello"), max_tokens = 4 });
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await client.PostAsync(Chats.Path, content, TestContext.Current.CancellationToken);
            Assert.Equal(model, ChatReply.Read((await Answer.ReadAsync(response)).Expect(200)).Model);
        }
    }

    [Fact]
    public async Task Run_ModelDemoWhereAFolderIsCalledSo_ServesTheFolder()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        using var checkpoint = new RandomCheckpoint();
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "demo"), checkpoint.Folder);
        await using ServerProcess process = ServerProcess.Start(
            ["--model", "demo", "--urls", Anywhere, "--threads", "1", "--kv-memory", "0.1"], folder: _folder.FullName);
        using HttpClient client = await process.WaitUntilReadyAsync();
        Assert.Contains(": model demo (2 layers, 29.1K parameters)", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--demo", "--demo", "--model", "x")]
    [InlineData("--demo", "--demo", "--small-model", "x")]
    [InlineData("--small-model", "--small-model", "x")]
    [InlineData("--model", "--demo", "false")]
    public async Task Run_Contradiction_OneLineNamesTheFlag(string named, params string[] flags)
    {
        (int code, string output) = await ServerProcess.RunAsync(flags);
        Assert.Equal((1, 1), (code, output.Trim().Split('\n').Length));
        Assert.StartsWith(named + ": ", output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
