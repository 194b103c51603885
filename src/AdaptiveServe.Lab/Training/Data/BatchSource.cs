using System.Collections.Concurrent;

namespace AdaptiveServe.Lab.Training.Data;

/// <summary>Packs batches on a thread of its own, a few ahead of who takes them.</summary>
internal sealed class BatchSource : IDisposable
{
    private const int Ahead = 16;

    private readonly BlockingCollection<PackedBatch> _ready = new(Ahead);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public BatchSource(BatchPacker packer, int rows) => _work = Task.Factory.StartNew(
        () => Fill(packer, rows), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <exception cref="InvalidOperationException">Packing failed; the inner exception says how.</exception>
    public PackedBatch Next()
    {
        if (_ready.TryTake(out PackedBatch? batch, Timeout.Infinite)) return batch;
        throw new InvalidOperationException("No training data could be made.", _work.Exception);
    }

    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            _work.Wait();
        }
        catch (AggregateException)
        {
            // Cancelled, or reported by Next.
        }

        _ready.Dispose();
        _stop.Dispose();
    }

    private void Fill(BatchPacker packer, int rows)
    {
        try
        {
            while (true) _ready.Add(packer.Next(rows), _stop.Token);
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }
}
