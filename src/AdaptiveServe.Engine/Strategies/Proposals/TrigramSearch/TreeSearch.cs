using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AdaptiveServe.Engine.Strategies.Proposals.TrigramSearch;

/// <summary>
/// Looks for continuations in a <see cref="TrigramStore"/>: a Monte-Carlo tree search that weighs what was good so far against what was looked
/// at little (ADED, Liu et al. 2024; the rule of choice is AlphaZero's, Silver et al. 2018).
/// </summary>
internal sealed class TreeSearch(TrigramStore store)
{
    private const int Iterations = 150, MaxDepth = 4, MaxPaths = 24;
    private const double FirstConstant = 32, SecondConstant = 8;

    private readonly List<Node> _nodes = [];
    private readonly List<int> _leaves = [];
    private readonly int[] _path = new int[MaxDepth + 1];
    private ulong _random;

    /// <summary>Searches after a pair of tokens and puts the paths that were visited most into a draft, each with one more token.</summary>
    /// <param name="first">The last token but one.</param>
    /// <param name="last">The last token.</param>
    /// <param name="seed">For the random continuations; equal ones give equal drafts.</param>
    /// <param name="tree">Gets the paths.</param>
    public void Run(int first, int last, ulong seed, DraftTree tree)
    {
        _random = seed;
        _nodes.Clear();
        _nodes.Add(new Node { Parent = -1, Before = first, Token = last, IsExpanded = false });
        for (int i = 0; i < Iterations; i++) Iterate();
        CollectLeaves();
        foreach (int leaf in _leaves)
        {
            if (tree.IsFull) return;
            AddPath(leaf, tree);
        }
    }

    private Span<Node> Nodes => CollectionsMarshal.AsSpan(_nodes);

    private void Iterate()
    {
        int node = 0, depth = 0;
        double value = 1;
        _path[0] = 0;
        while (depth < MaxDepth)
        {
            bool isNew = !Nodes[node].IsExpanded;
            if (isNew) Expand(node);
            if (Nodes[node].Children == 0) break;
            node = isNew ? Nodes[node].FirstChild + Nodes[node].Children - 1 : Choose(node);
            value += Nodes[node].Weight;
            _path[++depth] = node;
            if (isNew) break;
        }

        value += RollOut(Nodes[node].Before, Nodes[node].Token, MaxDepth - depth);
        for (int i = 0; i <= depth; i++)
        {
            ref Node visited = ref Nodes[_path[i]];
            visited.Visits++;
            visited.Score += value;
        }
    }

    private void Expand(int node)
    {
        Nodes[node].IsExpanded = true;
        if (!store.TryGet(Nodes[node].Before, Nodes[node].Token, out ReadOnlySpan<int> tokens, out ReadOnlySpan<float> weights)) return;
        (int before, int firstChild) = (Nodes[node].Token, _nodes.Count);
        for (int i = 0; i < tokens.Length; i++)
            _nodes.Add(new Node { Parent = node, Before = before, Token = tokens[i], Weight = weights[i] });
        (Nodes[node].FirstChild, Nodes[node].Children) = (firstChild, tokens.Length);
    }

    /// <summary>The child with the largest score/visits + (c1 + ln((N + c2 + 1) / c2)) * weight * sqrt(N) / (1 + visits); one without visits first.</summary>
    private int Choose(int node)
    {
        Node parent = Nodes[node];
        double factor = (FirstConstant + Math.Log((parent.Visits + SecondConstant + 1) / SecondConstant)) * Math.Sqrt(parent.Visits);
        int best = -1;
        double bestValue = double.NegativeInfinity;
        for (int child = parent.FirstChild; child < parent.FirstChild + parent.Children; child++)
        {
            ref Node candidate = ref Nodes[child];
            if (candidate.Visits == 0) return child;
            double value = candidate.Score / candidate.Visits + factor * candidate.Weight / (1 + candidate.Visits);
            if (value > bestValue) (best, bestValue) = (child, value);
        }

        return best;
    }

    /// <summary>Sum of the weights of a continuation that is drawn by weights.</summary>
    private double RollOut(int before, int token, int steps)
    {
        double value = 0;
        for (; steps > 0 && store.TryGet(before, token, out ReadOnlySpan<int> tokens, out ReadOnlySpan<float> weights); steps--)
        {
            double left = Uniform() * TensorPrimitives.Sum(weights);
            int at = 0;
            while (at < tokens.Length - 1 && (left -= weights[at]) >= 0) at++;
            value += weights[at];
            (before, token) = (token, tokens[at]);
        }

        return value;
    }

    private void CollectLeaves()
    {
        _leaves.Clear();
        for (int node = 1; node < _nodes.Count; node++)
            if (Nodes[node].Visits > 0 && !HasVisitedChild(Nodes[node])) _leaves.Add(node);
        _leaves.Sort((a, b) => Nodes[a].Visits != Nodes[b].Visits ? Nodes[b].Visits.CompareTo(Nodes[a].Visits) : a.CompareTo(b));
        if (_leaves.Count > MaxPaths) _leaves.RemoveRange(MaxPaths, _leaves.Count - MaxPaths);
    }

    private bool HasVisitedChild(in Node node)
    {
        for (int child = node.FirstChild; child < node.FirstChild + node.Children; child++)
            if (Nodes[child].Visits > 0) return true;
        return false;
    }

    private void AddPath(int leaf, DraftTree tree)
    {
        int length = 0;
        for (int node = leaf; node > 0; node = Nodes[node].Parent) _path[length++] = node;
        int last = DraftTree.Root;
        while (length > 0)
            if (!tree.TryAdd(last, Nodes[_path[--length]].Token, out last)) return;
        if (store.TryGet(Nodes[leaf].Before, Nodes[leaf].Token, out ReadOnlySpan<int> tokens, out ReadOnlySpan<float> weights))
            tree.TryAdd(last, tokens[TensorPrimitives.IndexOfMax(weights)], out _);
    }

    /// <summary>In [0, 1); the step of SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private double Uniform() => (Cache.PrefixCache.Mix(_random++) >> 11) * (1.0 / (1UL << 53));

    private struct Node
    {
        public int Parent, Before, Token, FirstChild, Children, Visits;
        public float Weight;
        public double Score;
        public bool IsExpanded;
    }
}
