namespace AdaptiveServe.Torch.Tests.Loading;

[CollectionDefinition(nameof(LoadingMemoryCollection), DisableParallelization = true)]
public sealed class LoadingMemoryCollection;
