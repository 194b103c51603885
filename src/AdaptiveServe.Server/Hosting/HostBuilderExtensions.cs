using AdaptiveServe.Engine;
using AdaptiveServe.Server.Access;
using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Events;

namespace AdaptiveServe.Server.Hosting;

/// <summary>The parts of the host that every endpoint stands on.</summary>
internal static class HostBuilderExtensions
{
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10); // to write last bytes after the grace period

    /// <summary>Reads appsettings.json, then the environment, then the command line; each overrides the one before.</summary>
    /// <exception cref="FormatException">A key or a value means nothing.</exception>
    public static ServerOptions AddConfiguration(this WebApplicationBuilder builder, IReadOnlyList<KeyValuePair<string, string?>> flags)
    {
        builder.Configuration.AddJsonFile("appsettings.json", optional: true);
        RefuseBlanks(builder.Configuration.AsEnumerable());
        KeyValuePair<string, string?>[] environment = [.. EnvironmentSettings.Read()];
        RefuseBlanks(environment);
        builder.Configuration.Override(environment);
        RefuseBlanks(flags);
        builder.Configuration.Override(flags);
        IConfigurationSection section = builder.Configuration.GetSection(Setting.Section);
        RefuseUnknownKeys(section);
        builder.Services.AddOptionsWithValidateOnStart<TorchRunnerOptions, TorchRunnerOptionsValidator>().Bind(section);
        builder.Services.AddOptionsWithValidateOnStart<EngineOptions, EngineOptionsValidator>().Bind(section);
        builder.Services.AddSingleton<IValidateOptions<EngineOptions>, EngineOptionsRules>();
        builder.Services.AddSingleton<IValidateOptions<TorchRunnerOptions>, TorchRunnerOptionsRules>();
        builder.Services.AddSingleton<Func<DemoPair?>>(DemoPair.Find).AddSingleton<IPostConfigureOptions<TorchRunnerOptions>, DemoPairDefault>();
        builder.Services.AddOptionsWithValidateOnStart<ServerOptions, ServerOptionsValidator>().Bind(section);
        builder.Services.AddOptionsWithValidateOnStart<AccessOptions, AccessOptionsValidator>().Bind(section);
        var options = new ServerOptions();
        section.Bind(options);
        return options;
    }

    public static WebApplicationBuilder AddLogging(this WebApplicationBuilder builder, ServerOptions options)
    {
        // Every host logs through its own logger: a process of tests has many.
        builder.Services.AddSerilog(logger => logger
            .MinimumLevel.Is(options.LogLevel)
            .MinimumLevel.Override("Microsoft", options.LogLevel > LogEventLevel.Warning ? options.LogLevel : LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal) // says again what is printed at the exit
            .WriteTo.Console(
                formatProvider: System.Globalization.CultureInfo.InvariantCulture,
                outputTemplate: "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}"),
            preserveStaticLogger: true);
        return builder;
    }

    public static WebApplicationBuilder AddWebServer(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.WebHost.UseKestrelCore().UseUrls(options.Urls);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<AccessOptions>>((kestrel, access) =>
        {
            // Slow and idle clients are Kestrel's to end: its least data rates apply to requests and to answers.
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = access.Value.MaxRequestBytes;
        });
        builder.Services.AddRoutingCore().AddCors()
            .AddSingleton<ApiKeys>().AddRateLimiter(limiter => limiter.AddPolicy<string, RequestRatePolicy>(RequestRatePolicy.Name))
            .AddOptions<CorsOptions>().Configure<IOptions<AccessOptions>>((cors, access) => cors.AddDefaultPolicy(policy => policy
                .WithOrigins([.. access.Value.CorsOrigin]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(RequestIdMiddleware.Header, "Retry-After")));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.ShutdownGrace) + StopMargin);
        return builder;
    }

    /// <summary>
    /// Adds entries that win over those before. Lists are entries by index, so what an earlier, longer list has beyond a later one is
    /// emptied: a key that somebody replaced must not stay valid.
    /// </summary>
    private static void Override(this ConfigurationManager configuration, IReadOnlyList<KeyValuePair<string, string?>> entries)
    {
        HashSet<string> given = [.. entries.Select(entry => entry.Key)];
        IEnumerable<KeyValuePair<string, string?>> emptied =
            from setting in Settings.All
            where setting.IsList && given.Contains($"{Setting.Section}:{setting.Key}:0")
            from child in configuration.GetSection($"{Setting.Section}:{setting.Key}").GetChildren()
            where !given.Contains(child.Path)
            select KeyValuePair.Create<string, string?>(child.Path, "");
        configuration.AddInMemoryCollection([.. entries, .. emptied]);
    }

    /// <summary>A list whose entries are blank would leave open what it was to close.</summary>
    private static void RefuseBlanks(IEnumerable<KeyValuePair<string, string?>> entries)
    {
        foreach ((string key, string? value) in entries.Where(entry => string.IsNullOrWhiteSpace(entry.Value)))
        {
            Setting? list = Settings.All.FirstOrDefault(
                setting => setting.IsList && key.StartsWith($"{Setting.Section}:{setting.Key}:", StringComparison.OrdinalIgnoreCase));
            if (list is not null) throw new FormatException($"{list.Flag}: a value must not be blank.");
        }
    }

    private static void RefuseUnknownKeys(IConfigurationSection section)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            Setting setting = Settings.All.FirstOrDefault(known => known.Key.Equals(child.Key, StringComparison.OrdinalIgnoreCase))
                ?? throw new FormatException($"appsettings.json: '{child.Path}' is not a setting.");
            // Binding skips what has the wrong form, and a server whose one key is skipped is open.
            bool hasForm = setting.IsList ? string.IsNullOrEmpty(child.Value) : !child.GetChildren().Any();
            if (!hasForm) throw new FormatException($"appsettings.json: '{child.Path}' must be {(setting.IsList ? "a list" : "a single value")}.");
        }
    }
}
