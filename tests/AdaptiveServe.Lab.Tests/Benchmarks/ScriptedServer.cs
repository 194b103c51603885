using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptiveServe.Lab.Tests.Benchmarks;

/// <summary>A server that answers the way a test says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>Path, authorization and body of each request in the order they came.</summary>
    public ConcurrentQueue<(string Path, string Authorization, string Body)> Requests { get; } = [];

    /// <param name="answer">Answers a request; its number counts from 0.</param>
    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        ScriptedServer server = new(builder.Build());
        int number = -1;
        server._app.Run(async context =>
        {
            using StreamReader reader = new(context.Request.Body);
            string body = await reader.ReadToEndAsync();
            server.Requests.Enqueue((context.Request.Path, context.Request.Headers.Authorization.ToString(), body));
            await answer(context, Interlocked.Increment(ref number));
        });
        await server._app.StartAsync();
        IFeatureCollection features = server._app.Services.GetRequiredService<IServer>().Features;
        server.Url = new Uri(features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
