using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Text.ChatTemplates;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Hosting;

/// <summary>
/// Loads the model while the server already answers probes, and at the end lets running requests finish: no new ones are taken from the
/// signal on, and what is left after the grace period is ended.
/// </summary>
internal sealed partial class EngineHostedService(
    ModelLoader loader, ModelDirectory models, IOptions<TorchRunnerOptions> torch, IOptions<ServerOptions> options,
    IHostApplicationLifetime lifetime, IServer server, TimeProvider time, ILogger<EngineHostedService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (string name in EnvironmentSettings.Unknown()) Log.UnknownVariable(logger, name);
        if (!await WaitUntilListeningAsync(stoppingToken) || !await LoadAsync()) return;
        await Task.Delay(Timeout.Infinite, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DrainAsync(models.Loaded!);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        models.Loaded?.Engine.Dispose();
    }

    /// <summary>False when the server cannot listen: then the process ends, and must not be in the middle of loading.</summary>
    private async Task<bool> WaitUntilListeningAsync(CancellationToken stopping)
    {
        using var begun = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, stopping);
        await Task.Delay(Timeout.Infinite, begun.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return lifetime.ApplicationStarted.IsCancellationRequested;
    }

    private async Task<bool> LoadAsync()
    {
        try
        {
            ServedModel model = await Task.Run(loader.Load);
            models.Add(model);
            IEnumerable<string> addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            string loaded = LoadedModels.Describe(torch.Value, model.Engine.Info);
            Log.Ready(logger, model.Name, string.Join(", ", addresses), model.Engine.Info.ContextLength, loaded);
            return true;
        }
        catch (Exception exception) when (exception is ModelLoadException or TokenizerLoadException or ChatTemplateException)
        {
            Log.Refused(logger, exception.Message); // one line that names file and reason
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
        }

        Environment.ExitCode = 1;
        lifetime.StopApplication();
        return false;
    }

    private async Task DrainAsync(ServedModel model)
    {
        model.Engine.StopAccepting();
        long started = time.GetTimestamp();
        var grace = TimeSpan.FromSeconds(options.Value.ShutdownGrace);
        while (time.GetElapsedTime(started) < grace && model.Engine.Snapshot() is { Running: > 0 } or { Waiting: > 0 })
            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        model.Engine.Dispose(); // ends what is left
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Information, "Serving {Model} on {Addresses}, context {Context}: {Loaded}")]
        public static partial void Ready(ILogger logger, string model, string addresses, int context, string loaded);

        [LoggerMessage(33, LogLevel.Warning, "The environment variable {Name} is not a setting")]
        public static partial void UnknownVariable(ILogger logger, string name);

        [LoggerMessage(31, LogLevel.Critical, "{Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(32, LogLevel.Critical, "The model could not be loaded")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
