using System.Diagnostics;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>Waits for what happens on another thread, no longer than a bound that only a defect reaches.</summary>
internal static class Poll
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"{what} took more than {Limit.TotalSeconds} s");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
