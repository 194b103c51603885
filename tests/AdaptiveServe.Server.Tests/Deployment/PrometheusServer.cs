using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>A real Prometheus with the configuration of this repository, which scrapes a server; stopped and gone when disposed.</summary>
public sealed partial class PrometheusServer : IAsyncLifetime
{
    /// <summary>How often requests were sent.</summary>
    public const int Rounds = 2;

    private const string Program = "prometheus";

    private readonly ObservedServer _observed = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptiveserve-").FullName;
    private readonly HttpClient _client = new() { Timeout = Poll.Limit };
    private Process? _process;

    /// <summary>The configuration with this server, a key file and a short interval in it.</summary>
    internal string Configuration => Path.Combine(_folder, "prometheus.yml");

    public async ValueTask InitializeAsync()
    {
        await _observed.InitializeAsync();
        WriteConfiguration();
        if (!Tool.Exists(Program)) return;
        await StartAsync();
        await ObserveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) _process.Kill();
        if (_process is not null) await _process.WaitForExitAsync(CancellationToken.None);
        _process?.Dispose();
        _client.Dispose();
        await _observed.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Skips the running test, visibly, where Prometheus is not installed.</summary>
    internal static void Require() => Assert.SkipUnless(Tool.Exists(Program), "prometheus is not installed");

    /// <summary>The values of an instant query; fails when it has a mistake.</summary>
    internal async Task<List<double>> QueryAsync(string query)
    {
        JsonElement answer = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}");
        Assert.True(answer.GetProperty("status").GetString() == "success", $"{query}: {answer}");
        return [.. Items(answer, "result").Select(series => Number(series.GetProperty("value")[1].GetString()!))];
    }

    /// <summary>The rules once each was evaluated.</summary>
    internal async Task<List<JsonElement>> GetRulesAsync()
    {
        List<JsonElement> rules = [];
        await WaitAsync(async () =>
        {
            rules = [.. Items(await GetAsync("/api/v1/rules"), "groups").SelectMany(group => group.GetProperty("rules").EnumerateArray())];
            return rules.Count > 0 && rules.All(rule => rule.GetProperty("health").GetString() != "unknown");
        }, "evaluating the rules");
        return rules;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement answer, string name) =>
        answer.GetProperty("data").GetProperty(name).EnumerateArray();

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static async Task WaitAsync(Func<Task<bool>> condition, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Poll.Limit, $"{what} took more than {Poll.Limit.TotalSeconds} s");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private void WriteConfiguration()
    {
        string key = Path.Combine(_folder, "api-key");
        string text = DeploymentFiles.Read("deploy/prometheus/prometheus.yml");
        (string, string)[] changes = [("server:8080", _observed.Authority), ("/run/secrets/api-key", key), (": 15s", ": 1s")];
        foreach ((string from, string to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        File.WriteAllText(key, ObservedServer.Key + "\n");
        File.WriteAllText(Configuration, text);
        File.Copy(DeploymentFiles.FullPath("deploy/prometheus/rules.yml"), Path.Combine(_folder, "rules.yml"));
    }

    private async Task StartAsync()
    {
        string data = Path.Combine(_folder, "data");
        string[] args = [$"--config.file={Configuration}", $"--storage.tsdb.path={data}", "--web.listen-address=127.0.0.1:0"];
        _process = Process.Start(new ProcessStartInfo(Program, args) { RedirectStandardError = true })!;
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) address.TrySetException(new InvalidOperationException("Prometheus ended."));
            else if (Listening().Match(line.Data) is { Success: true } match) address.TrySetResult(match.Groups[1].Value);
        };
        _process.BeginErrorReadLine();
        _client.BaseAddress = new Uri($"http://{await address.Task.WaitAsync(Poll.Limit, TestContext.Current.CancellationToken)}");
    }

    /// <summary>A rate needs two values that differ: requests, a scrape, requests, a scrape.</summary>
    private async Task ObserveAsync()
    {
        const string Seen = "sum(gen_ai_server_request_duration_seconds_count)";
        for (int round = 1; round <= Rounds; round++)
        {
            await _observed.SendAsync();
            double expected = round * ObservedServer.Requests;
            await WaitAsync(async () => await QueryAsync(Seen) is [var seen] && seen == expected, "scraping");
        }
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path, TestContext.Current.CancellationToken);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [GeneratedRegex("Listening on\"? address=([0-9.:]+)")]
    private static partial Regex Listening();
}
