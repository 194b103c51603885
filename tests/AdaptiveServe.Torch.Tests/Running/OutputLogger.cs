using AdaptiveServe.Engine.Execution;
using Microsoft.Extensions.Logging;

namespace AdaptiveServe.Torch.Tests.Running;

/// <summary>Writes why a forward failed into the output of the test.</summary>
internal sealed class OutputLogger : ILogger<InferenceEngine>
{
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _output?.WriteLine($"{formatter(state, exception)} {exception}");
}
