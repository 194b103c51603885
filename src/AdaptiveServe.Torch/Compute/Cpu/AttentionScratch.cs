namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>What one thread needs while it computes an <see cref="AttentionItem"/>.</summary>
internal sealed unsafe class AttentionScratch : IDisposable
{
    /// <summary>Positions that are looked at together; chunks begin at its multiples, whatever rows are computed.</summary>
    public const int ChunkLength = 256;

    /// <summary>Query vectors of an item.</summary>
    public const int MaxVectors = 32;

    /// <summary>Floats from one vector's scores to the next's: whole registers may be written behind the last.</summary>
    public const int ScoreStride = ChunkLength + 16;

    private readonly NativeBuffer<float> _floats = new();
    private readonly NativeBuffer<KeyGroup> _groups = new();
    private readonly NativeBuffer<ValueRun> _runs = new();

    /// <summary>Of four vectors.</summary>
    public float* Scores => _floats.Data;

    /// <summary>The largest score of each vector so far.</summary>
    public float* Largest => Scores + 4 * ScoreStride;

    /// <summary>The sum of each vector's weights so far, beside its largest score.</summary>
    public float* Sums => Largest + MaxVectors;

    /// <summary>Each vector's weighted values so far, <see cref="Stride"/> apart.</summary>
    public float* Blends => Sums + MaxVectors;

    /// <summary>A head's length in whole pairs of registers.</summary>
    public nint Stride { get; private set; }

    public KeyGroup* Groups => _groups.Data;

    public ValueRun* Runs => _runs.Data;

    public void Reserve(int headDim)
    {
        Stride = (headDim + 31) & ~31;
        _floats.Reserve(4 * ScoreStride + 2 * MaxVectors + MaxVectors * Stride);
        _groups.Reserve(ChunkLength);
        _runs.Reserve(ChunkLength);
    }

    public void Dispose()
    {
        _floats.Dispose();
        _groups.Dispose();
        _runs.Dispose();
    }
}
