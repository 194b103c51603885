using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Tests;

/// <summary>A model without tensors: the next token is a hash of all tokens before it, read through the block tables.</summary>
/// <remarks>
/// Its "keys and values" are the hash of the prefix up to each position, written into the block's slot. A block with a wrong owner, a stale
/// draft, or a prefix shared wrongly therefore changes the output, which <see cref="Continue"/> gives without any blocks.
/// </remarks>
internal sealed class FakeModelRunner : IModelRunner
{
    public const int Eos = 0;

    private readonly ulong[][] _kv;
    private readonly StepResult _result = new();

    public FakeModelRunner(ModelInfo info)
    {
        Info = info;
        _kv = [new ulong[info.SmallBlocks * info.BlockSize], new ulong[info.LargeBlocks * info.BlockSize]];
    }

    public ModelInfo Info { get; }

    /// <summary>Called before each forward; may throw to make it fail.</summary>
    public Action<StepBatch>? BeforeExecute { get; set; }

    public bool IsDisposed { get; private set; }

    public static ModelInfo TinyInfo(int largeBlocks = 64, int smallBlocks = 0, int blockSize = 4, int vocabulary = 50, int context = 256) => new()
    {
        VocabularySize = vocabulary,
        ContextLength = context,
        EosIds = [Eos],
        BlockSize = blockSize,
        LargeBlocks = largeBlocks,
        SmallBlocks = smallBlocks,
    };

    /// <summary>What the model generates after a prompt when it is alone.</summary>
    public static List<int> Continue(ReadOnlySpan<int> prompt, SamplingParams sampling, ModelRole role, ModelInfo info)
    {
        ulong hash = 0;
        foreach (int token in prompt) hash = Mix(hash, token);
        var generated = new List<int>();
        while (generated.Count < sampling.MaxTokens && prompt.Length + generated.Count < info.ContextLength)
        {
            int token = Next(hash, role, info.VocabularySize, sampling, generated.Count);
            generated.Add(token);
            if ((token == Eos && !sampling.IgnoreEos) || sampling.StopTokenIds.Contains(token)) break;
            hash = Mix(hash, token);
        }

        return generated;
    }

    public void Start()
    {
    }

    public StepResult Execute(StepBatch batch)
    {
        BeforeExecute?.Invoke(batch);
        _result.Reset(batch.SampleCount);
        ulong[] kv = _kv[(int)batch.Role];
        foreach (ScheduledSequence row in batch.Rows) Run(row, batch.Role, kv);
        return _result;
    }

    public void Dispose() => IsDisposed = true;

    private void Run(in ScheduledSequence row, ModelRole role, ulong[] kv)
    {
        var tokens = new int[row.Count];
        row.Running.CopyTokens(row.Start, tokens);
        ReadOnlySpan<int> blocks = row.Running.Table(role).Blocks;
        ulong hash = row.Start == 0 ? 0 : kv[Slot(blocks, row.Start - 1)];
        for (int i = 0; i < row.Count; i++)
        {
            hash = Mix(hash, tokens[i]);
            kv[Slot(blocks, row.Start + i)] = hash;
            int sample = i - (row.Count - row.SampleCount);
            if (sample < 0) continue;
            SamplingParams sampling = row.Running.Sequence.Sampling;
            int generated = row.Start + i + 1 - row.Running.Sequence.PromptLength;
            _result.Tokens[row.FirstSample + sample] = Next(hash, role, Info.VocabularySize, sampling, generated);
            _result.Entropies[row.FirstSample + sample] = (hash >> 8) % 400 / 100f;
            _result.Logprobs[row.FirstSample + sample] = -0.5f;
        }
    }

    private int Slot(ReadOnlySpan<int> blocks, int position) => blocks[position / Info.BlockSize] * Info.BlockSize + position % Info.BlockSize;

    private static int Next(ulong hash, ModelRole role, int vocabulary, SamplingParams sampling, int generated)
    {
        // The small model agrees with the large one three times in four.
        bool differs = role == ModelRole.Small && (hash >> 50) % 4 == 0;
        int token = (int)((hash >> 20) % (ulong)vocabulary + (differs ? 1u : 0)) % vocabulary;
        return token == Eos && generated < sampling.MinTokens ? 1 : token;
    }

    private static ulong Mix(ulong hash, int token)
    {
        hash = (hash ^ (uint)token) * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019;
        return (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9;
    }
}
