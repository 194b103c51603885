namespace AdaptiveServe.Engine.Execution;

/// <summary>The engine's state at a moment, for health checks and metrics.</summary>
/// <param name="Running">Sequences that take part in steps.</param>
/// <param name="Waiting">Sequences in the queue.</param>
/// <param name="SmallBlocks">Held KV blocks of the small model and how many there are.</param>
/// <param name="LargeBlocks">Held KV blocks of the large model and how many there are.</param>
/// <param name="Preemptions">Times a sequence gave its blocks back.</param>
/// <param name="PrefixQueries">Tokens that sequences looked up in the prefix caches when they began on a model.</param>
/// <param name="PrefixHits">Tokens that they found there.</param>
public readonly record struct EngineSnapshot(
    int Running, int Waiting, (int Held, int Total) SmallBlocks, (int Held, int Total) LargeBlocks,
    long Preemptions, long PrefixQueries, long PrefixHits);
