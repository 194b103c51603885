using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>The program with a pair of models and a key, as a process of its own.</summary>
public sealed class ObservedServer : IAsyncLifetime
{
    public const string Key = "a-key";

    /// <summary>What one call of <see cref="SendAsync()"/> adds to the counters.</summary>
    public const int Requests = 6, LargeTokens = 24, SmallTokens = 16;

    private readonly RandomCheckpoint _checkpoint = new();
    private ServerProcess _process = null!;
    private HttpClient _client = null!;

    public string Authority => _client.BaseAddress!.Authority;

    public async ValueTask InitializeAsync()
    {
        string folder = _checkpoint.Folder;
        string[] args =
        [
            "--model", folder, "--small-model", folder, "--urls", "http://127.0.0.1:0", "--threads", "1", "--kv-memory", "0.1",
            "--max-queued-requests", "4",
        ];
        _process = ServerProcess.Start(args, new() { ["ADAPTIVESERVE_API_KEY"] = Key });
        _client = await _process.WaitUntilReadyAsync();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_process is not null) await _process.DisposeAsync();
        _checkpoint.Dispose();
    }

    /// <summary>Five answers of both models, with a prompt that the caches know in the end, and a request that is refused.</summary>
    internal async Task SendAsync()
    {
        foreach (string target in (string[])["large", "small", "large", "small", "large"])
        {
            string adaptive = $$"""{"target": "{{target}}"}""";
            string body = $$"""{"prompt": "A text of some blocks.", "max_tokens": 8, "ignore_eos": true, "adaptive": {{adaptive}} }""";
            await SendAsync(body, HttpStatusCode.OK);
        }

        await SendAsync("""{"prompt": "x", "n": 5}""", HttpStatusCode.BadRequest); // more than the queue ever holds
    }

    internal Task<string> ReadMetricsAsync() => _client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

    private async Task SendAsync(string body, HttpStatusCode expected)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PostAsync("/v1/completions", content, TestContext.Current.CancellationToken);
        string answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{answer}\n{_process.Output}");
    }
}
