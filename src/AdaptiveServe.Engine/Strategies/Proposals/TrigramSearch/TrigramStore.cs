using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AdaptiveServe.Engine.Strategies.Proposals.TrigramSearch;

/// <summary>Which tokens followed each pair of tokens, with weights: the adaptive store of ADED (Liu et al. 2024, arXiv 2407.12021).</summary>
internal sealed class TrigramStore
{
    /// <summary>Successors of a pair; of more the heaviest are kept.</summary>
    public const int MaxSuccessors = 12;

    private const float Step = 0.04f, MaxWeight = 3;
    private const int MaxPairs = 1 << 17; // a shared store must not grow without end: a full one begins anew

    private readonly Dictionary<(int, int), Successors> _pairs = [];

    public int Count => _pairs.Count;

    /// <summary>What followed a pair, and with which weights.</summary>
    public bool TryGet(int first, int second, out ReadOnlySpan<int> tokens, out ReadOnlySpan<float> weights)
    {
        bool isKnown = _pairs.TryGetValue((first, second), out Successors? known);
        tokens = known is null ? default : known.Tokens.AsSpan(0, known.Count);
        weights = known is null ? default : known.Weights.AsSpan(0, known.Count);
        return isKnown;
    }

    /// <summary>Takes a text: each successor of a pair with its share of the pair's occurrences.</summary>
    public void Learn(ReadOnlySpan<int> text)
    {
        var occurrences = new Dictionary<(int, int), int>();
        for (int i = 2; i < text.Length; i++)
            CollectionsMarshal.GetValueRefOrAddDefault(occurrences, (text[i - 2], text[i - 1]), out _)++;
        for (int i = 2; i < text.Length; i++)
            Add(text[i - 2], text[i - 1], text[i], 1f / occurrences[(text[i - 2], text[i - 1])]);
    }

    /// <summary>Makes each trigram of a text somewhat heavier.</summary>
    public void Strengthen(ReadOnlySpan<int> text)
    {
        for (int i = 2; i < text.Length; i++) Add(text[i - 2], text[i - 1], text[i], Step);
    }

    private void Add(int first, int second, int third, float weight)
    {
        if (!_pairs.TryGetValue((first, second), out Successors? known))
        {
            if (_pairs.Count == MaxPairs) _pairs.Clear();
            _pairs.Add((first, second), known = new Successors());
        }

        int at = known.Tokens.AsSpan(0, known.Count).IndexOf(third);
        if (at < 0) at = known.Count < MaxSuccessors ? known.Count++ : TensorPrimitives.IndexOfMin(known.Weights);
        if (known.Tokens[at] != third) (known.Tokens[at], known.Weights[at]) = (third, 0);
        known.Weights[at] = Math.Min(known.Weights[at] + weight, MaxWeight);
    }

    private sealed class Successors
    {
        public int Count { get; set; }

        public int[] Tokens { get; } = CreateTokens();

        public float[] Weights { get; } = new float[MaxSuccessors];

        private static int[] CreateTokens()
        {
            int[] tokens = new int[MaxSuccessors];
            Array.Fill(tokens, -1);
            return tokens;
        }
    }
}
