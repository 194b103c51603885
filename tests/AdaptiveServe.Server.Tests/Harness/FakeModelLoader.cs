using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Torch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>Puts a model without tensors where the loaded one would be.</summary>
internal sealed class FakeModelLoader(
    Func<IModelRunner> createRunner, IOptions<TorchRunnerOptions> torch, IOptions<EngineOptions> engine, IOptions<ServerOptions> server,
    TimeProvider time, ILoggerFactory loggers) : ModelLoader(torch, engine, server, time, loggers)
{
    protected override IModelRunner CreateRunner(TorchRunnerOptions options, EngineOptions engine, ILogger logger) => createRunner();
}

internal static class FakeModelLoaderExtensions
{
    /// <param name="services">Of the server.</param>
    /// <param name="createRunner">Called while the server loads; may block or throw.</param>
    public static IServiceCollection UseRunner(this IServiceCollection services, Func<IModelRunner> createRunner) =>
        services.AddSingleton<ModelLoader>(provider => ActivatorUtilities.CreateInstance<FakeModelLoader>(provider, createRunner));
}
