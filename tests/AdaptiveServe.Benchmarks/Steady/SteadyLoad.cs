using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Benchmarks.Steady;

/// <summary>Keeps an engine busy: so many greedy sequences run, two more wait, and each one that ends is replaced.</summary>
internal sealed class SteadyLoad
{
    private const int Waiting = 2, Prompt = 32, Shortest = 64, Longest = 320;

    private readonly InferenceEngine _engine;
    private readonly Random _random = new(1);
    private readonly Sequence[] _sequences;
    private readonly int[] _prompt = new int[Prompt];

    public SteadyLoad(InferenceEngine engine, int sequences)
    {
        _engine = engine;
        _sequences = new Sequence[sequences + Waiting];
        for (int i = 0; i < _sequences.Length; i++) _sequences[i] = Submit();
    }

    /// <summary>Sequences that were replaced.</summary>
    public int Ended { get; private set; }

    /// <summary>Reads for a while; a pause of the collector is seen within a millisecond or two.</summary>
    /// <returns>Tokens read, and the longest time for which collections held everything up between two looks.</returns>
    public (long Tokens, TimeSpan LongestPause) Run(TimeSpan duration)
    {
        long tokens = 0, until = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        TimeSpan longest = default, paused = GC.GetTotalPauseDuration();
        while (Environment.TickCount64 < until)
        {
            for (int i = 0; i < _sequences.Length; i++) tokens += Read(ref _sequences[i]);
            TimeSpan now = GC.GetTotalPauseDuration();
            if (now - paused > longest) longest = now - paused;
            paused = now;
            Thread.Sleep(1);
        }

        return (tokens, longest);
    }

    private int Read(ref Sequence sequence)
    {
        int tokens = 0;
        bool hasEnded = sequence.FinishReason is not null; // asked first: what it wrote before is read below
        while (sequence.Output.TryRead(out _)) tokens++;
        if (!hasEnded) return tokens;
        if (sequence.Error is { } error) throw new InvalidOperationException(error);
        sequence = Submit();
        Ended++;
        return tokens;
    }

    private Sequence Submit()
    {
        for (int i = 0; i < Prompt; i++) _prompt[i] = _random.Next(3, 2000);
        var sampling = new SamplingParams { Temperature = 0, MaxTokens = _random.Next(Shortest, Longest), IgnoreEos = true };
        var sequence = new Sequence(_prompt, sampling);
        if (_engine.Submit(sequence) != SubmitResult.Accepted) throw new InvalidOperationException("The engine took no sequence.");
        return sequence;
    }
}
