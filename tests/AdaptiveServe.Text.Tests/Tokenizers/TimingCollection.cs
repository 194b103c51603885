namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>Tests that measure time run alone.</summary>
[CollectionDefinition(nameof(TimingCollection), DisableParallelization = true)]
public sealed class TimingCollection;
