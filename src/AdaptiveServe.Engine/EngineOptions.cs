using System.ComponentModel.DataAnnotations;

namespace AdaptiveServe.Engine;

/// <summary>Bounds of the scheduler.</summary>
public sealed class EngineOptions
{
    /// <value>Sequences that run at the same time. Default 256.</value>
    [Range(1, 65536)]
    public int MaxSequences { get; set; } = 256;

    /// <value>Tokens in one forward; longer prompts are computed in chunks. At least <see cref="MaxSequences"/>. Default 2048.</value>
    [Range(1, 1 << 20)]
    public int MaxBatchTokens { get; set; } = 2048;

    /// <value>Sequences that wait for their turn; more are refused. Default 4096.</value>
    [Range(1, 1 << 20)]
    public int MaxQueuedSequences { get; set; } = 4096;

    /// <value>Small-model forwards in one step at most. Default 16.</value>
    [Range(1, 1024)]
    public int MaxSmallForwards { get; set; } = 16;

    /// <value>Share the blocks of equal prompt beginnings. Default true.</value>
    public bool PrefixCaching { get; set; } = true;
}
