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

    /// <value>Requests that wait for their turn, each choice of an answer counted as one; more are refused. Default 4096.</value>
    [Range(1, 1 << 20)]
    public int MaxQueuedRequests { get; set; } = 4096;

    /// <value>Prompt tokens that wait for their turn; a request that finds nobody waiting may have more. Default 4194304.</value>
    [Range(1, 1L << 40)]
    public long MaxQueuedTokens { get; set; } = 1 << 22;

    /// <value>Small-model forwards in one step at most. Default 16.</value>
    [Range(1, 1024)]
    public int MaxSmallForwards { get; set; } = 16;

    /// <value>
    /// Let drafters that learn from what is generated learn from all requests. Answers stay the same; but how fast one comes then tells
    /// something of what others asked. Default false.
    /// </value>
    public bool ShareDraftStatistics { get; set; }

    /// <value>Share the blocks of equal prompt beginnings. Default true.</value>
    public bool PrefixCaching { get; set; } = true;
}
