using System.Diagnostics;
using AdaptiveServe.Torch.Compute.Cpu;

namespace AdaptiveServe.Torch.Tests.Compute;

public class WorkerPoolTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(5)]
    public void Run_ManyOperations_EachPartOnce(int threads)
    {
        using var pool = new WorkerPool(threads);
        int[] done = [];
        Action<int> work = part => Interlocked.Increment(ref done[part]);
        for (int operation = 0; operation < 2000; operation++)
        {
            done = new int[operation % 23];
            pool.Run(done.Length, work);
            Assert.All(done, count => Assert.Equal(1, count));
        }
    }

    /// <summary>A helper that is slow with its part loses the caller's trust for a while, and every part is still done once.</summary>
    [Fact]
    public void Run_SlowHelper_CallerGoesOnAlone()
    {
        using var pool = new WorkerPool(2);
        int caller = Environment.CurrentManagedThreadId, byHelper = 0, parts = 0;
        using var helperHasPart = new ManualResetEventSlim();
        long start = Stopwatch.GetTimestamp();
        pool.Run(2, _ =>
        {
            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            if (Environment.CurrentManagedThreadId == caller) helperHasPart.Wait(TestContext.Current.CancellationToken);
            helperHasPart.Set();
            while (Environment.CurrentManagedThreadId != caller && Stopwatch.GetElapsedTime(start) < 8 * waited + TimeSpan.FromMilliseconds(50))
                Thread.SpinWait(100);
        });
        for (int operation = 0; operation < 50; operation++)
        {
            pool.Run(8, _ =>
            {
                Interlocked.Increment(ref parts);
                if (Environment.CurrentManagedThreadId != caller) Interlocked.Increment(ref byHelper);
            });
        }

        Assert.Equal((400, 0), (parts, byHelper));
    }
}
