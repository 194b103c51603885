using System.Diagnostics;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Torch.Running;

namespace AdaptiveServe.Benchmarks.Steady;

/// <summary>
/// A runner that notes what each step took and allocated on the engine's thread, from one forward's beginning to the next one's: forward,
/// sampling, booking, publishing, admission and scheduling.
/// </summary>
/// <param name="inner">Owned.</param>
/// <param name="capacity">Steps to note at most.</param>
internal sealed class MeteredRunner(TorchModelRunner inner, int capacity) : IModelRunner
{
    private readonly StepRecord[] _records = new StepRecord[capacity];
    private StepRecord _open;
    private long _started, _allocated;
    private int _count;
    private bool _isOpen;
    private volatile bool _isRecording;

    public ModelInfo Info => inner.Info;

    /// <summary>Steps from the one after this was set until it is taken back.</summary>
    public bool IsRecording
    {
        get => _isRecording;
        set => _isRecording = value;
    }

    /// <summary>What was noted; to be read when the engine has stopped.</summary>
    public ReadOnlySpan<StepRecord> Records => _records.AsSpan(0, _count);

    public void Start() => inner.Start();

    public StepResult Execute(StepBatch batch)
    {
        long now = Stopwatch.GetTimestamp(), allocated = GC.GetAllocatedBytesForCurrentThread();
        if (_isOpen && _count < _records.Length)
            _records[_count++] = _open with { Time = Stopwatch.GetElapsedTime(_started, now), Bytes = allocated - _allocated };
        (_started, _allocated, _isOpen) = (now, allocated, _isRecording);
        int tokens = batch.TokenCount, samples = batch.SampleCount;
        bool isDecode = batch.IsDecode;
        StepResult result = inner.Execute(batch);
        _open = new StepRecord { Tokens = tokens, Samples = samples, IsDecode = isDecode, ModelTime = inner.ModelTime };
        return result;
    }

    public void Dispose() => inner.Dispose();
}
