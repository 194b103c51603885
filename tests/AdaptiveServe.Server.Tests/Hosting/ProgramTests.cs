using System.Net.Sockets;
using System.Text.Json;
using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Hosting;

/// <summary>The program as a process: its exit codes, what it says, and how it stops.</summary>
public class ProgramTests
{
    private const string Anywhere = "http://127.0.0.1:0";

    private static readonly Dictionary<string, string> Quiet = new() { ["ADAPTIVESERVE_LOG_LEVEL"] = "Warning" };

    [Fact]
    public async Task Run_SignalToStop_FinishesWhatRuns()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no signals there");
        using var checkpoint = new RandomCheckpoint(context: 4096);
        string[] args = ["--model", checkpoint.Folder, "--urls", Anywhere, "--threads", "1", "--kv-memory", "0.1"];
        await using ServerProcess process = ServerProcess.Start(args);
        using HttpClient client = await process.WaitUntilReadyAsync(receiveBuffer: 4096);
        // More than fits into the buffers on the way.
        const string Body = """
            {"prompt": "x", "max_tokens": 3000, "ignore_eos": true, "logprobs": 20,
             "stream": true, "stream_options": {"include_usage": true}}
            """;
        await using EventStream stream = await EventStream.OpenAsync(client, "/v1/completions", Body);
        process.Terminate();
        await Loopback.WaitUntilRefusedAsync(client.BaseAddress!);
        // Longer than a command line would wait by default.
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        List<JsonElement> parts = await stream.ReadToEndAsync();
        Assert.Equal(3000, TokenUsage.Read(parts[^1])!.Completion);
        Assert.Equal("length", Completion.Join(parts).FinishReason);
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    [Fact]
    public async Task Run_SettingsByVariableAndFlag_FlagWins()
    {
        using var checkpoint = new RandomCheckpoint();
        var environment = new Dictionary<string, string>
        {
            ["ADAPTIVESERVE_MODEL"] = checkpoint.Folder,
            ["ADAPTIVESERVE_SERVED_MODEL_NAME"] = "by-variable",
            ["ADAPTIVESERVE_MAX_MODEL_LEN"] = "77",
            ["ADAPTIVESERVE_KV_MEMORY"] = "0.01",
            ["ADAPTIVESERVE_NO_SUCH_SETTING"] = "1",
        };
        await using ServerProcess process = ServerProcess.Start(["--served-model-name", "by-flag", "--urls", Anywhere], environment);
        using HttpClient client = await process.WaitUntilReadyAsync();
        string models = await client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken);
        JsonElement card = JsonSerializer.Deserialize<JsonElement>(models).GetProperty("data")[0];
        Assert.Equal(("by-flag", 77), (card.GetProperty("id").GetString(), card.GetProperty("max_model_len").GetInt32()));
        Assert.Contains("ADAPTIVESERVE_NO_SUCH_SETTING", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", "{", "config.json")]
    [InlineData("tokenizer.json", "[]", "tokenizer.json")]
    [InlineData("model.safetensors", "no tensors", "model.safetensors")]
    [InlineData("config.json", null, "config.json")]
    [InlineData("model.safetensors", null, "model.safetensors")]
    public async Task Run_UnusableModel_OneLineNamesTheFile(string file, string? content, string named)
    {
        using var checkpoint = new RandomCheckpoint();
        string path = Path.Combine(checkpoint.Folder, file);
        if (content is null) File.Delete(path);
        else await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        (int code, string output) = await ServerProcess.RunAsync(["--model", checkpoint.Folder, "--urls", Anywhere]);
        Assert.Equal(1, code);
        Assert.Contains(named, OneLine(output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoSuchFolder_OneLineNamesIt()
    {
        (int code, string output) = await ServerProcess.RunAsync(["--model", "/no/such/model", "--urls", Anywhere]);
        Assert.Equal(1, code);
        Assert.Contains("/no/such/model", OneLine(output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--max-sequences", "0")]
    [InlineData("--max-sequences", "many")]
    [InlineData("--log-level", "loud")]
    [InlineData("--urls", "nowhere")]
    [InlineData("--dtype", "int3")]
    public async Task Run_UnusableSetting_OneLineNamesIt(string flag, string value)
    {
        using var checkpoint = new RandomCheckpoint();
        (int code, string output) = await ServerProcess.RunAsync(["--model", checkpoint.Folder, flag, value], Quiet);
        Assert.Equal(1, code);
        string named = flag == "--urls" ? value : flag.Replace("-", "", StringComparison.Ordinal); // a flag or a key
        Assert.Contains(named, OneLine(output).Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Run_SettingsOfSeveralPartsUnusable_EachIsALine()
    {
        (int code, string output) = await ServerProcess.RunAsync(["--model", "x", "--max-sequences", "0", "--request-timeout", "-1"], Quiet);
        string[] flags = [.. output.Trim().Split('\n').Select(line => line.Split(':')[0]).Order(StringComparer.Ordinal)];
        Assert.Equal(1, code);
        Assert.Equal(["--max-sequences", "--request-timeout"], flags);
    }

    [Theory]
    [InlineData("--no-such-flag")]
    [InlineData("--model")]
    [InlineData("word")]
    [InlineData("--threads", "1", "--threads", "2")]
    public async Task Run_UnusableCommandLine_IsTold(params string[] args)
    {
        (int code, string output) = await ServerProcess.RunAsync(args);
        Assert.Equal(2, code);
        Assert.Contains(args[0], output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Help_ListsEverySetting()
    {
        (int code, string output) = await ServerProcess.RunAsync(["--help"]);
        Assert.Equal(0, code);
        Assert.All(Settings.All, setting => Assert.Contains(setting.Flag, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_AddressInUse_OneLineNamesIt()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var checkpoint = new RandomCheckpoint();
        string[] args = ["--model", checkpoint.Folder, "--urls", $"http://{listener.LocalEndpoint}"];
        (int code, string output) = await ServerProcess.RunAsync(args, Quiet);
        Assert.Equal(1, code);
        Assert.Contains(listener.LocalEndpoint.ToString()!, OneLine(output), StringComparison.Ordinal);
    }

    private static string OneLine(string output)
    {
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.True(lines.Length == 1, output);
        return lines[0];
    }
}
