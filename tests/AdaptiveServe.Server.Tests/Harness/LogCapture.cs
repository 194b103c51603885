using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>Keeps every event of a severity or above that a server logs, as one text each; of the framework, as in the server, warnings only.</summary>
internal sealed class LogCapture(LogLevel least = LogLevel.Information) : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    public IReadOnlyList<LogEntry> Entries => [.. _entries];

    /// <summary>Logs go here and nowhere else.</summary>
    public void Install(IServiceCollection services) =>
        services.AddSingleton(LoggerFactory.Create(builder => builder.SetMinimumLevel(least).AddFilter("Microsoft", LogLevel.Warning).AddProvider(this)));

    public ILogger CreateLogger(string categoryName) => new Logger(this, least);

    public void Dispose()
    {
    }

    private sealed class Logger(LogCapture capture, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) capture._entries.Enqueue(new LogEntry(logLevel, $"{formatter(state, exception)}{exception}"));
        }
    }
}

internal sealed record LogEntry(LogLevel Level, string Text);
