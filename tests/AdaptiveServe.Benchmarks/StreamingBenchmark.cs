using System.Globalization;
using System.Net.Http.Json;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Server.Tests.Harness;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptiveServe.Benchmarks;

/// <summary>
/// What the server costs a streamed token, all but the model: clients on loopback, a model that returns at once. The clients' own time is
/// part of it, in the same process. An operation is a token.
/// </summary>
[MemoryDiagnoser]
public class StreamingBenchmark
{
    private const int Tokens = 1024, MaxClients = 64;

    private HttpClient _client = null!;
    private ByteTokenizerFolder _model = null!;
    private WebApplication _server = null!;
    private Uri _url = null!;

    [Params(1, MaxClients)]
    public int Clients { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        (_client, _model) = (new HttpClient(), new ByteTokenizerFolder());
        _server = AdaptiveServeHost.Create(
            [
                KeyValuePair.Create<string, string?>("AdaptiveServe:Model", _model.Path),
                KeyValuePair.Create<string, string?>("AdaptiveServe:Urls", "http://127.0.0.1:0"),
                KeyValuePair.Create<string, string?>("AdaptiveServe:LogLevel", "Warning"),
            ],
            services => services.UseRunner(static () => new ParrotModelRunner()));
        await _server.StartAsync();
        string address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _url = new Uri(new Uri(address), "/v1/completions");
        while (!(await _client.GetAsync(new Uri(_url, "/health/ready"))).IsSuccessStatusCode) await Task.Delay(10);
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
        _model.Dispose();
    }

    /// <summary>Each of 64 streams in turn or all at once.</summary>
    [Benchmark(OperationsPerInvoke = Tokens * MaxClients)]
    public async Task<long> StreamAsync()
    {
        long bytes = 0;
        for (int round = 0; round < MaxClients / Clients; round++)
            bytes += (await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => ReadAsync()))).Sum();
        return bytes;
    }

    private async Task<long> ReadAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url)
        {
            Content = JsonContent.Create(new { prompt = "Once upon a time", max_tokens = Tokens, ignore_eos = true, min_tokens = Tokens, temperature = 0, stream = true }),
        };
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using Stream body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 16];
        long bytes = 0;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;) bytes += read;
        return bytes > Tokens * 100 ? bytes : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"A stream ended after {bytes} bytes."));
    }
}
