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
            int drafts = row.Branch is { } branch ? branch.Shared + 1 : 0;
            for (int i = 0; i < row.SampleCount; i++) Sample(row.Running, drafts + i, row.FirstSample + i);
        }

        return _result;
    }

    public void Dispose()
    {
    }

    private void Sample(RunningSequence running, int drafts, int sample)
    {
        Sequence sequence = running.Sequence;
        int token = Next(sequence, sequence.GeneratedCount + drafts);
        _result.Tokens[sample] = token;
        _result.Logprobs[sample] = -0.25f;
        for (int rank = 0; rank < running.WantedSuccessors; rank++) _result.Successors(sample)[rank] = (token + rank) % Info.VocabularySize;
        if (sequence.Sampling.Logprobs is { } top) _result.TopLogprobs[sample] = [.. Enumerable.Range(0, top).Select(i => After(token, i))];
    }

    private TokenLogprob After(int token, int distance) => new((token + distance) % Info.VocabularySize, -0.25f - distance);

    private static int Next(Sequence sequence, int generated)
    {
        ReadOnlySpan<int> prompt = sequence.Tokens[..sequence.PromptLength];
        if (prompt[0] == ByteTokenizerFolder.BosId) prompt = prompt[1..];
        if (generated < prompt.Length) return prompt[generated];
        return generated < sequence.Sampling.MinTokens ? 2 + '.' : ByteTokenizerFolder.EosId;
    }
}
