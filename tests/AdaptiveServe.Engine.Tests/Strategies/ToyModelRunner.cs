using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Engine.Tests.Strategies;

/// <summary>Two models on a few tokens whose distributions are known, so that every outcome's probability can be written down.</summary>
internal sealed class ToyModelRunner(ModelInfo info) : IModelRunner
{
    private readonly StepResult _result = new();
    private readonly Dictionary<ulong, (double[] Law, ModelView View)> _laws = [];
    private readonly int[] _tokens = new int[64];

    public ModelInfo Info => info;

    public void Start()
    {
    }

    public StepResult Execute(StepBatch batch)
    {
        _result.Reset(batch.SampleCount);
        foreach (ScheduledSequence row in batch.Rows)
        {
            for (int i = 0; i < row.SampleCount; i++)
            {
                int position = row.Start + row.Count - row.SampleCount + i + 1;
                Span<int> prefix = _tokens.AsSpan(0, position);
                row.Running.CopyTokens(0, prefix);
                Sample(batch.Role, prefix, row.Running.Sequence.Sampling.Seed, row.FirstSample + i);
            }
        }

        return _result;
    }

    /// <summary>A model's next token after a prefix: its law, and what a rule sees of it.</summary>
    public (double[] Law, ModelView View) Law(ModelRole role, ReadOnlySpan<int> prefix)
    {
        ulong key = (ulong)role + 1;
        foreach (int token in prefix) key = Mix(key * 31 + (ulong)token + 1);
        if (_laws.TryGetValue(key, out var known)) return known;
        double[] law = [.. Enumerable.Range(0, info.VocabularySize).Select(token => Math.Exp(Mix(key + (ulong)token) % 300 / 100.0))];
        double sum = law.Sum();
        for (int i = 0; i < law.Length; i++) law[i] /= sum;
        return _laws[key] = (law, new ModelView((float)-law.Sum(p => p * Math.Log2(p)), (float)law.Max()));
    }

    public void Dispose()
    {
    }

    private void Sample(ModelRole role, ReadOnlySpan<int> prefix, ulong seed, int sample)
    {
        (double[] law, ModelView view) = Law(role, prefix);
        double left = (Mix(Mix(seed) + (ulong)prefix.Length) >> 11) * (1.0 / (1UL << 53));
        int token = 0;
        while (token < law.Length - 1 && (left -= law[token]) >= 0) token++;
        _result.Tokens[sample] = token;
        (_result.Entropies[sample], _result.TopProbabilities[sample]) = (view.Entropy, view.TopProbability);
        _result.Logprobs[sample] = (float)Math.Log(law[token]);
    }

    private static ulong Mix(ulong bits)
    {
        bits += 0x9E3779B97F4A7C15;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
