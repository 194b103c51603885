using AdaptiveServe.Server.Access;
using AdaptiveServe.Server.Admission;
using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Chat;
using AdaptiveServe.Server.OpenAI.Completions;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Models;
using AdaptiveServe.Server.OpenAI.Text;
using AdaptiveServe.Server.Streaming;
using AdaptiveServe.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Hosting;

/// <summary>Puts the server together: the table of contents of this project.</summary>
internal static class AdaptiveServeHost
{
    /// <summary>Runs until a signal to stop.</summary>
    /// <param name="flags">Configuration entries of the command line.</param>
    /// <param name="cancellation">Ends the server as a signal does.</param>
    /// <returns>The exit code: 1 when the configuration or the model is not usable.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<KeyValuePair<string, string?>> flags, CancellationToken cancellation)
    {
        try
        {
            await using WebApplication app = Create(flags);
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            app.Services.GetRequiredService<ApiKeys>(); // refuses its file here and not while the pipeline is built
            await app.RunAsync(cancellation);
            return Environment.ExitCode;
        }
        catch (OptionsValidationException exception)
        {
            await WriteFailuresAsync([exception]);
        }
        catch (AggregateException exception) when (exception.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            await WriteFailuresAsync(exception.InnerExceptions.Cast<OptionsValidationException>()); // of several options classes
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or FormatException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(exception.Message); // an unusable value or file of the configuration, or an address in use
        }

        return 1;
    }

    /// <param name="flags">Configuration entries of the command line.</param>
    /// <param name="configure">Changes services; for tests.</param>
    public static WebApplication Create(IReadOnlyList<KeyValuePair<string, string?>> flags, Action<IServiceCollection>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        ServerOptions options = builder.AddConfiguration(flags);
        builder.AddLogging(options).AddWebServer(options);
        builder.Services.AddSingleton(TimeProvider.System)
            .AddSingleton<ModelDirectory>().AddSingleton<AdmissionController>().AddSingleton<AnswerSender>().AddSingleton<ModelLoader>()
            .AddSingleton<ExposureWarning>().AddTelemetry()
            .AddHostedService<EngineHostedService>();
        configure?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<ErrorMiddleware>();
        app.UseRouting();
        app.UseCors();
        app.UseMiddleware<ApiKeyMiddleware>();
        app.UseRateLimiter();
        app.MapEndpoints();
        app.Services.GetRequiredService<ServerMetrics>(); // counts from the start and not from the first request on
        app.Lifetime.ApplicationStarted.Register(() => app.Services.GetRequiredService<ExposureWarning>().Check(app.Urls));
        return app;
    }

    private static async Task WriteFailuresAsync(IEnumerable<OptionsValidationException> exceptions)
    {
        foreach (string failure in exceptions.SelectMany(exception => exception.Failures))
            await Console.Error.WriteLineAsync(Settings.ToFlag(failure));
    }

    private static void MapEndpoints(this WebApplication app)
    {
        RouteGroupBuilder generation = app.MapGroup("/v1").RequireRateLimiting(RequestRatePolicy.Name);
        generation.MapPost("/chat/completions", ChatEndpoint.HandleAsync);
        generation.MapPost("/completions", CompletionsEndpoint.HandleAsync);
        app.MapGet("/v1/models", ModelsEndpoint.ListAsync);
        app.MapGet("/v1/models/{**id}", ModelsEndpoint.GetAsync);
        app.MapPost("/apply-template", TextEndpoints.ApplyTemplateAsync);
        app.MapPost("/tokenize", TextEndpoints.TokenizeAsync);
        app.MapPost("/detokenize", TextEndpoints.DetokenizeAsync);
        app.MapGet("/version", InfoEndpoints.VersionAsync);
        app.MapGet("/openapi.yaml", InfoEndpoints.OpenApiAsync);
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));
        app.MapGet("/health/live", HealthEndpoints.LiveAsync);
        app.MapGet("/health/ready", HealthEndpoints.ReadyAsync);
        app.MapGet("/health", HealthEndpoints.ReadyAsync);
    }
}
