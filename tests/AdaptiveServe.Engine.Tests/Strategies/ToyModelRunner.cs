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
                row.CopyTokens(0, prefix);
                bool isSelfDraft = row.IsDraft && batch.Role == ModelRole.Large; // with fewer layers: some other law
                Sample(isSelfDraft ? ModelRole.Small : batch.Role, prefix, row, row.FirstSample + i);
            }
        }

        return _result;
    }

    /// <summary>Lets a scheduler's sequences run to their ends, two forwards of the small model for one of the large.</summary>
    /// <param name="scheduler">The scheduler.</param>
    /// <param name="sabotage">What is done to results before the scheduler sees them.</param>
    public void Finish(Scheduler scheduler, Action<StepBatch, StepResult>? sabotage = null)
    {
        while (scheduler.HasWork)
        {
            scheduler.Admit();
            foreach (ModelRole role in (ModelRole[])[ModelRole.Small, ModelRole.Small, ModelRole.Large])
            {
                StepBatch batch = scheduler.Schedule(role);
                if (batch.IsEmpty) continue;
                StepResult result = Execute(batch);
                sabotage?.Invoke(batch, result);
                scheduler.Update(batch, result);
            }
        }
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

    /// <summary>A number in [0, 1) that belongs to a seed and a position.</summary>
    public static double Uniform(ulong seed, int position) => (Mix(Mix(seed) + (ulong)position) >> 11) * (1.0 / (1UL << 53));

    public static int Draw(ReadOnlySpan<double> law, double uniform)
    {
        int token = 0;
        while (token < law.Length - 1 && (uniform -= law[token]) >= 0) token++;
        return token;
    }

    private void Sample(ModelRole role, ReadOnlySpan<int> prefix, in ScheduledSequence row, int sample)
    {
        (double[] law, ModelView view) = Law(role, prefix);
        int token = row.TakesMostLikely ? Array.IndexOf(law, law.Max()) : Draw(law, Uniform(row.Running.Sequence.Sampling.Seed, prefix.Length));
        _result.Tokens[sample] = token;
        _result.Acceptances[sample] = (float)law[token];
        int[] likely = row.Running.WantedSuccessors == 0 ? [] : [.. Enumerable.Range(0, law.Length).OrderByDescending(other => law[other])];
        for (int rank = 0; rank < row.Running.WantedSuccessors; rank++) _result.Successors(sample)[rank] = likely[Math.Min(rank, likely.Length - 1)];
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
