using AdaptiveServe.Engine.Execution;
using Microsoft.Extensions.Logging;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>Keeps the first failure that the engine reports: a sequence says only that it failed.</summary>
internal sealed class FailureLog : ILogger<InferenceEngine>
{
    private string? _first;

    /// <summary>The message of the first exception; null without one.</summary>
    public string? First => Volatile.Read(ref _first);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Interlocked.CompareExchange(ref _first, exception?.Message, null);
}
