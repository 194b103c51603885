using System.Diagnostics;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>Waits for what happens on another thread, no longer than a bound that only a defect reaches.</summary>
internal static class Poll
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <param name="condition">What is waited for.</param>
    /// <param name="what">Its name in the failure's message.</param>
    /// <param name="milliseconds">Between two looks.</param>
    public static Task UntilAsync(Func<bool> condition, string what, int milliseconds = 1) =>
        UntilAsync(() => Task.FromResult(condition()), what, milliseconds);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string, int)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, int milliseconds = 1)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"{what} took more than {Limit}");
            await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
        }
    }
}
