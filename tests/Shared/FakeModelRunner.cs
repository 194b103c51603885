using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Tests;

/// <summary>A pair of models without tensors: the next token is a hash of all tokens before it, read through the block tables.</summary>
/// <remarks>
/// Its "keys and values" are the hash of the prefix up to each position, written into the block's slot. A block with a wrong owner, a stale
/// draft, or a prefix shared wrongly therefore changes the output, which <c>Continue</c> gives without any blocks.
/// </remarks>
internal sealed class FakeModelRunner : IModelRunner
{
    public const int Eos = 0;

    private static readonly SamplingParams Greedy = new();

    private readonly ulong[][] _kv;
    private readonly StepResult _result = new();
    private int[] _tokens = [];

    public FakeModelRunner(ModelInfo info)
    {
        Info = info;
        _kv = [new ulong[info.SmallBlocks * info.BlockSize], new ulong[info.LargeBlocks * info.BlockSize]];
    }

    public ModelInfo Info { get; }

    /// <summary>Called before each forward; may throw to make it fail.</summary>
    public Action<StepBatch>? BeforeExecute { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>False for a runner that forgets to give a branch of a draft tree what it shares with others.</summary>
    public bool CopiesBranches { get; init; } = true;

    public static ModelInfo TinyInfo(int largeBlocks = 64, int smallBlocks = 0, int blockSize = 4, int vocabulary = 50, int context = 256) => new()
    {
        VocabularySize = vocabulary,
        ContextLength = context,
        EosIds = [Eos],
        BlockSize = blockSize,
        LargeBlocks = largeBlocks,
        SmallBlocks = smallBlocks,
    };

    /// <summary>What its router makes of a prompt: all layers, or one layer left out, or one twice and one left out.</summary>
    public static LayerRoute RouteOf(ReadOnlySpan<int> prompt, ModelInfo info)
    {
        int sum = 0;
        foreach (int token in prompt) sum += token;
        List<int> layers = [.. Enumerable.Range(0, info.LargeLayers)];
        if (sum % 3 > 0) layers.Remove(1);
        if (sum % 3 == 2 && info.LargeRepeats > 0) layers.Insert(0, layers[0]);
        return new LayerRoute(layers, info.LargeLayers, info.LargeRepeats);
    }

    /// <summary>What the large model generates along a route after a prompt when it is alone.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="sampling">How tokens are chosen.</param>
    /// <param name="route">The layers, or null for all.</param>
    /// <param name="info">The model.</param>
    /// <param name="start">How many tokens all layers run over before the route begins.</param>
    public static List<int> Continue(ReadOnlySpan<int> prompt, SamplingParams sampling, LayerRoute? route, ModelInfo info, int start = 0)
    {
        ulong hash = 0;
        for (int i = 0; i < prompt.Length; i++) hash = Mix(hash, prompt[i], i < start ? null : route);
        var generated = new List<int>();
        while (generated.Count < sampling.MaxTokens && prompt.Length + generated.Count < info.ContextLength)
        {
            int token = Next(hash, ModelRole.Large, info.VocabularySize, sampling, generated.Count);
            generated.Add(token);
            if ((token == Eos && !sampling.IgnoreEos) || sampling.StopTokenIds.Contains(token)) break;
            hash = Mix(hash, token, route);
        }

        return generated;
    }

    /// <summary>What the model generates after a prompt when it is alone.</summary>
    public static List<int> Continue(ReadOnlySpan<int> prompt, SamplingParams sampling, ModelRole role, ModelInfo info) =>
        Continue(prompt, sampling, _ => role, info);

    /// <summary>What the pair generates after a prompt when the token before decides which model goes on.</summary>
    public static List<int> Continue(ReadOnlySpan<int> prompt, SamplingParams sampling, Func<int, ModelRole> roleAfter, ModelInfo info)
    {
        ulong hash = Hash(prompt);
        int last = prompt[^1];
        var generated = new List<int>();
        while (generated.Count < sampling.MaxTokens && prompt.Length + generated.Count < info.ContextLength)
        {
            last = Next(hash, roleAfter(last), info.VocabularySize, sampling, generated.Count);
            generated.Add(last);
            if ((last == Eos && !sampling.IgnoreEos) || sampling.StopTokenIds.Contains(last)) break;
            hash = Mix(hash, last);
        }

        return generated;
    }

    /// <summary>What the pair generates after a prompt under a target policy, and which model gave each token.</summary>
    public static List<(int Token, ModelRole Role)> Continue(
        ReadOnlySpan<int> prompt, SamplingParams sampling, ITargetPolicy policy, ModelInfo info)
    {
        var sequence = new Sequence(prompt, sampling);
        ulong hash = Hash(prompt);
        var generated = new List<(int, ModelRole)>();
        while (generated.Count < sampling.MaxTokens && prompt.Length + generated.Count < info.ContextLength)
        {
            ModelRole role = RoleOf(policy, sequence, hash);
            int token = Next(hash, role, info.VocabularySize, sampling, generated.Count);
            generated.Add((token, role));
            policy.Observe(new GeneratedToken(token, role, Entropy(hash), 0, null, false, false)
            {
                TopProbability = TopProbability(hash, role),
                Margin = Margin(hash),
                Acceptance = Acceptance(hash, role),
            });
            if ((token == Eos && !sampling.IgnoreEos) || sampling.StopTokenIds.Contains(token)) break;
            hash = Mix(hash, token);
        }

        return generated;
    }

    /// <summary>The log-probability of each token of a prompt after the first.</summary>
    public static List<TokenLogprob> PromptLogprobs(ReadOnlySpan<int> prompt, LayerRoute? route = null)
    {
        var logprobs = new List<TokenLogprob>();
        ulong hash = 0;
        for (int i = 1; i < prompt.Length; i++)
        {
            hash = Mix(hash, prompt[i - 1], route);
            logprobs.Add(Logprob(hash, prompt[i]));
        }

        return logprobs;
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
        if (_tokens.Length < row.Count) _tokens = new int[2 * row.Count];
        Span<int> tokens = _tokens.AsSpan(0, row.Count);
        row.CopyTokens(row.Start, tokens);
        ReadOnlySpan<int> blocks = row.Blocks(role).Blocks;
        if (row.Branch is { } branch && CopiesBranches) Copy(branch, kv);
        ulong hash = row.Start == 0 ? 0 : kv[Slot(blocks, row.Start - 1)];
        bool isSelfDraft = row.IsDraft && role == ModelRole.Large;
        LayerRoute? route = role == ModelRole.Large && row.Start >= row.Running.Sequence.RouteStart ? row.Running.Sequence.Route : null;
        if (row.IsReadByRouter && role == ModelRole.Large) ReadPrompt(row);
        if (isSelfDraft && row.Start >= row.Running.Sequence.Count) hash = ~hash; // what the draft itself left there
        for (int i = 0; i < row.Count; i++)
        {
            hash = Mix(hash, tokens[i], route);
            kv[Slot(blocks, row.Start + i)] = isSelfDraft ? ~hash : hash; // of no use to whoever runs all layers
            int sample = i - (row.Count - row.SampleCount);
            if (sample >= 0) Sample(row, isSelfDraft ? ModelRole.Small : role, hash, row.Start + i + 1, row.FirstSample + sample);
            if (row.WantsPromptLogprobs) ReportPromptLogprob(row.Running.Sequence, hash, row.Start + i + 1);
        }
    }

    /// <summary>A router that must see every token of a prompt once, in order.</summary>
    private void ReadPrompt(in ScheduledSequence row)
    {
        int seen = row.Start == 0 ? 0 : (int)row.Running.Reading!;
        if (seen != row.Start) throw new InvalidOperationException($"The router saw {seen} tokens, and the next share begins at {row.Start}.");
        row.Running.Reading = row.Start + row.Count;
        Sequence sequence = row.Running.Sequence;
        if (row.Start + row.Count < sequence.PromptLength) return;
        LayerRoute route = RouteOf(sequence.Tokens[..sequence.PromptLength], Info);
        _result.AddRoute(new RouteDecision(row.Running, route, [.. Enumerable.Range(0, Info.LargeLayers).Select(layer => route.Runs(layer) ? 0f : 1f)]));
    }

    private void Sample(in ScheduledSequence row, ModelRole role, ulong hash, int position, int sample)
    {
        Sequence sequence = row.Running.Sequence;
        SamplingParams sampling = row.TakesMostLikely ? Greedy : sequence.Sampling;
        int token = Next(hash, role, Info.VocabularySize, sampling, position - sequence.PromptLength);
        TokenLogprob logprob = Logprob(hash, token);
        _result.Tokens[sample] = token;
        _result.Entropies[sample] = Entropy(hash);
        _result.Logprobs[sample] = logprob.Logprob;
        bool isScored = row.IsDraft || (role == ModelRole.Small && row.Running.NeedsAcceptance);
        if (isScored) _result.Acceptances[sample] = Acceptance(hash, ModelRole.Small);
        _result.TopProbabilities[sample] = TopProbability(hash, role);
        if (row.Running.NeedsMargin) _result.Margins[sample] = Margin(hash);
        if (row.WantsVoidLayers && role == ModelRole.Large) _result.VoidLayers[sample] = [token % Info.LargeLayers];
        if (sampling.Logprobs is not null) _result.TopLogprobs[sample] = [logprob];
        for (int rank = 0; rank < row.Running.WantedSuccessors; rank++)
            _result.Successors(sample)[rank] = (Next(hash, role, Info.VocabularySize, Greedy, 1) + rank) % Info.VocabularySize;
    }

    private void Copy(DraftBranch branch, ulong[] kv)
    {
        for (int position = branch.FirstCopied; position < branch.Start; position++)
            kv[Slot(branch.Blocks.Blocks, position)] = kv[Slot(branch.Source(position).Blocks, position)];
    }

    private void ReportPromptLogprob(Sequence sequence, ulong hash, int position)
    {
        if (position < sequence.PromptLength)
            _result.AddPromptLogprobs(sequence, position, [Logprob(hash, sequence.Tokens[position])], Entropy(hash));
    }

    private int Slot(ReadOnlySpan<int> blocks, int position) => blocks[position / Info.BlockSize] * Info.BlockSize + position % Info.BlockSize;

    private static int Next(ulong hash, ModelRole role, int vocabulary, SamplingParams sampling, int generated)
    {
        // The small model agrees with the large one three times in four, and a seed with the most likely token once in two.
        int token = (int)((hash >> 20) % (ulong)vocabulary);
        if (role == ModelRole.Small && (hash >> 50) % 4 == 0) token = (token + 1) % vocabulary;
        if (sampling.Seed != 0 && Mix(hash, (int)sampling.Seed) % 2 == 0) token = (token + 2) % vocabulary;
        if (generated >= sampling.MinTokens) return token;
        while (token == Eos || sampling.StopTokenIds.Contains(token)) token = (token + 1) % vocabulary;
        return token;
    }

    private static float Entropy(ulong hash) => (hash >> 8) % 400 / 100f;

    private static ModelRole RoleOf(ITargetPolicy policy, Sequence sequence, ulong hash)
    {
        if (policy is not IMixturePolicy mixture)
        {
            float top = TopProbability(hash, ModelRole.Small), acceptance = Acceptance(hash, ModelRole.Small);
            ModelView view = new(Entropy(hash), top) { Margin = Margin(hash), Acceptance = acceptance };
            bool withholds = policy.Plan(sequence).Role == ModelRole.Small && policy.Withholds(view);
            return withholds ? ModelRole.Large : policy.Plan(sequence).Role;
        }

        ModelView small = new(Entropy(hash), TopProbability(hash, ModelRole.Small)), large = new(Entropy(hash), TopProbability(hash, ModelRole.Large));
        return mixture.Defers(small, large) ? ModelRole.Large : ModelRole.Small;
    }

    private static float TopProbability(ulong hash, ModelRole role) => (hash >> (role == ModelRole.Small ? 16 : 34)) % 100 / 100f;

    /// <summary>A head that knows where the small model is wrong.</summary>
    private static float Acceptance(ulong hash, ModelRole role) => role == ModelRole.Large ? 1 : (hash >> 50) % 4 == 0 ? 0.1f : 0.9f;

    private static float Margin(ulong hash) => (hash >> 24) % 100 / 100f;

    private static TokenLogprob Logprob(ulong hash, int token) => new(token, -(float)(Mix(hash, token) % 1000) / 100);

    private static ulong Hash(ReadOnlySpan<int> tokens)
    {
        ulong hash = 0;
        foreach (int token in tokens) hash = Mix(hash, token);
        return hash;
    }

    /// <summary>A route computes something else than all layers do.</summary>
    private static ulong Mix(ulong hash, int token, LayerRoute? route)
    {
        hash = Mix(hash, token);
        for (int i = 0; i < route?.Layers.Count; i++) hash = Mix(hash, route.Layers[i]);
        return hash;
    }

    private static ulong Mix(ulong hash, int token)
    {
        hash = (hash ^ (uint)token) * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019;
        return (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9;
    }
}
