using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>A model that says the prompt again and ends: whoever writes the prompt chooses the answer, token by token.</summary>
internal sealed class ParrotModelRunner : IModelRunner
{
    private readonly StepResult _result = new();

    public ModelInfo Info { get; init; } =
        FakeModelRunner.TinyInfo(largeBlocks: 4096, vocabulary: ByteTokenizerFolder.VocabularySize, context: 2048);

    /// <summary>Called before each forward; may throw to make it fail, or wait.</summary>
    public Action<StepBatch>? BeforeExecute { get; init; }

    /// <summary>Called on the engine's thread before its first step.</summary>
    public Action? BeforeStart { get; init; }

    public void Start() => BeforeStart?.Invoke();

    public StepResult Execute(StepBatch batch)
    {
        BeforeExecute?.Invoke(batch);
        _result.Reset(batch.SampleCount);
        foreach (ScheduledSequence row in batch.Rows)
        {
            if (row.SampleCount == 0) continue;
            SamplingParams sampling = row.Running.Sequence.Sampling;
            int token = Next(row.Running.Sequence);
            _result.Tokens[row.FirstSample] = token;
            _result.Logprobs[row.FirstSample] = -0.25f;
            if (sampling.Logprobs is not { } top) continue;
            _result.TopLogprobs[row.FirstSample] = [.. Enumerable.Range(0, top).Select(i => After(token, i))];
        }

        return _result;
    }

    public void Dispose()
    {
    }

    private TokenLogprob After(int token, int distance) => new((token + distance) % Info.VocabularySize, -0.25f - distance);

    private static int Next(Sequence sequence)
    {
        ReadOnlySpan<int> prompt = sequence.Tokens[..sequence.PromptLength];
        if (prompt[0] == ByteTokenizerFolder.BosId) prompt = prompt[1..];
        if (sequence.GeneratedCount < prompt.Length) return prompt[sequence.GeneratedCount];
        return sequence.GeneratedCount < sequence.Sampling.MinTokens ? 2 + '.' : ByteTokenizerFolder.EosId;
    }
}
