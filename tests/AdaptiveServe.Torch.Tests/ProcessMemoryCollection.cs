namespace AdaptiveServe.Torch.Tests;

/// <summary>Tests that measure the whole process: nothing may run beside them.</summary>
[CollectionDefinition(nameof(ProcessMemoryCollection), DisableParallelization = true)]
public sealed class ProcessMemoryCollection;
