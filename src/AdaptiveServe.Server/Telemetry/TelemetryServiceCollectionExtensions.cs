using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AdaptiveServe.Server.Telemetry;

/// <summary>Prometheus at <c>/metrics</c>, and OTLP where the environment names a collector.</summary>
internal static class TelemetryServiceCollectionExtensions
{
    // Buckets of the GenAI conventions.
    private static readonly double[] DurationBuckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly double[] FirstTokenBuckets = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly double[] PerTokenBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
    private static readonly double[] EntropyBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
    private static readonly double[] TokenBuckets = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144];

    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<ServerMetrics>().AddSingleton<RequestTelemetry>();
        bool exports = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            IMeterFactory own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(instrument => View(instrument, own));
        });
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("adaptiveserve"))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(ServerMetrics.MeterName).AddRuntimeInstrumentation()
                    .AddPrometheusExporter(exporter => exporter.DisableTotalNameSuffixForCounters = false);
                if (exports) metrics.AddOtlpExporter();
            })
            .WithTracing(tracing =>
            {
                if (exports) tracing.AddSource(RequestTelemetry.SourceName).AddOtlpExporter();
            });
        return services;
    }

    /// <summary>Meters are found by name in the whole process, so what another server in it counts must be left out.</summary>
    private static MetricStreamConfiguration? View(Instrument instrument, IMeterFactory own)
    {
        if (instrument.Meter.Name != ServerMetrics.MeterName) return null;
        if (instrument.Meter.Scope != own) return MetricStreamConfiguration.Drop;
        double[]? boundaries = instrument.Name switch
        {
            "gen_ai.server.request.duration" => DurationBuckets,
            "gen_ai.server.time_to_first_token" => FirstTokenBuckets,
            "gen_ai.server.time_per_output_token" => PerTokenBuckets,
            "adaptiveserve.token_entropy" => EntropyBuckets,
            "adaptiveserve.request_prompt_tokens" or "adaptiveserve.request_generation_tokens" => TokenBuckets,
            _ => null,
        };
        return boundaries is null ? null : new ExplicitBucketHistogramConfiguration { Boundaries = boundaries };
    }
}
