using Microsoft.Extensions.Logging;

namespace AdaptiveServe.Benchmarks;

/// <summary>Prints warnings: what is measured may not be what was asked for.</summary>
internal sealed class WarningLog : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Console.WriteLine(formatter(state, exception));
    }
}
