using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>A server in this process, on a free port of the loopback, until it is disposed.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ByteTokenizerFolder? _folder;

    private TestServer(WebApplication app, ByteTokenizerFolder? folder)
    {
        _app = app;
        _folder = folder;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = Poll.Limit };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public ServedModel Model => Services.GetRequiredService<ModelDirectory>().Loaded!;

    public InferenceEngine Engine => Model.Engine;

    /// <summary>A ready server with a model without tensors, and a tokenizer of bytes.</summary>
    public static Task<TestServer> StartAsync(IModelRunner runner, params (string Name, string Value)[] settings) =>
        StartAsync(services => services.UseRunner(() => runner), settings);

    /// <inheritdoc cref="StartAsync(IModelRunner, ValueTuple{string, string}[])"/>
    public static async Task<TestServer> StartAsync(Action<IServiceCollection> configure, params (string Name, string Value)[] settings)
    {
        TestServer server = await StartLoadingAsync(configure, settings);
        await server.WaitUntilLoadedAsync();
        return server;
    }

    /// <summary>A ready server with the checkpoint of a folder.</summary>
    public static async Task<TestServer> StartAsync(string folder, params (string Name, string Value)[] settings)
    {
        TestServer server = await StartAsync(null, null, [("model", folder), ("threads", "1"), ("kv-memory", "0.1"), .. settings]);
        await server.WaitUntilLoadedAsync();
        return server;
    }

    /// <summary>A ready server with the demo pair, since no model is named.</summary>
    public static async Task<TestServer> StartDemoAsync(params (string Name, string Value)[] settings)
    {
        TestServer server = await StartAsync(null, null, [("threads", "1"), ("kv-memory", "0.1"), .. settings]);
        await server.WaitUntilLoadedAsync();
        return server;
    }

    /// <summary>A server that answers, and loads its model still.</summary>
    public static Task<TestServer> StartLoadingAsync(Action<IServiceCollection> configure, params (string Name, string Value)[] settings)
    {
        var folder = new ByteTokenizerFolder();
        return StartAsync(folder, configure, [("model", folder.Path), ("served-model-name", "fake"), .. settings]);
    }

    public Task WaitUntilLoadedAsync() =>
        Poll.UntilAsync(() => Services.GetRequiredService<ModelDirectory>().Loaded is not null, "loading the model");

    /// <summary>Waits until no sequence is left and no block is held.</summary>
    public Task WaitUntilIdleAsync() =>
        Poll.UntilAsync(() => Engine.Snapshot() is { Running: 0, Waiting: 0, LargeBlocks.Held: 0, SmallBlocks.Held: 0 }, "freeing all");

    /// <param name="body">An object to be written as JSON.</param>
    public Task<Answer> CompleteAsync(object body) => PostAsync(JsonSerializer.Serialize(body));

    /// <summary>The completion that a good request gets.</summary>
    public async Task<Completion> GetCompletionAsync(object body) => Completion.Read((await CompleteAsync(body)).Expect(200));

    /// <summary>The completion that a good request gets in parts.</summary>
    public async Task<Completion> GetStreamedAsync(object body)
    {
        await using EventStream events = await OpenStreamAsync(body);
        return Completion.Join(await events.ReadToEndAsync());
    }

    /// <summary>A streamed completion; the body says that it streams.</summary>
    public Task<EventStream> OpenStreamAsync(object body) =>
        EventStream.OpenAsync(Client, "/v1/completions", JsonSerializer.Serialize(body));

    public Task<Answer> PostAsync(string json, string path = "/v1/completions") => PostAsync(Encoding.UTF8.GetBytes(json), path);

    public async Task<Answer> PostAsync(byte[] body, string path = "/v1/completions", string contentType = "application/json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content });
    }

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>What a signal to stop does.</summary>
    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _folder?.Dispose();
    }

    private static async Task<TestServer> StartAsync(
        ByteTokenizerFolder? folder, Action<IServiceCollection>? configure, IReadOnlyList<(string Name, string Value)> settings)
    {
        var values = new Dictionary<string, string> { ["urls"] = "http://127.0.0.1:0", ["log-level"] = "Fatal", ["shutdown-grace"] = "5" };
        foreach ((string name, string value) in settings) values[name] = value; // the last one counts
        WebApplication? app = null;
        try
        {
            app = AdaptiveServeHost.Create([.. values.SelectMany(Entries)], configure);
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new TestServer(app, folder);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            folder?.Dispose();
            throw;
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Entries(KeyValuePair<string, string> given) =>
        Settings.All.Single(setting => setting.Name == given.Key).Entries([given.Value]);
}
