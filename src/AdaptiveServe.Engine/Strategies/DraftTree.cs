using AdaptiveServe.Engine.Strategies.Proposals;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>
/// What a policy drafts at once: continuations of a sequence that may begin alike, of which verification takes at most one. A single
/// continuation is a tree in which every token has one successor.
/// </summary>
public sealed class DraftTree
{
    /// <summary>The parent of tokens that follow the sequence itself.</summary>
    public const int Root = -1;

    private readonly int[] _tokens = new int[SpeculationOptions.MaxDraftLimit], _parents = new int[SpeculationOptions.MaxDraftLimit];
    private readonly int[] _branches = new int[SpeculationOptions.MaxDraftLimit], _tails = new int[SpeculationOptions.MaxDraftLimit];
    private readonly int[] _depths = new int[SpeculationOptions.MaxDraftLimit];
    private int _branchCount, _maxDepth;

    /// <summary>Tokens so far.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens at most.</summary>
    public int Limit { get; private set; }

    /// <summary>Chance of a token, with all before it, below which it costs more than it brings by measured costs; 0 while they are unknown.</summary>
    public double BreakEven { get; private set; }

    public bool IsFull => Count == Limit;

    public int Token(int node) => _tokens[node];

    public int Parent(int node) => _parents[node];

    /// <summary>Adds a token. The most promising come first: they are what is left when there is no room for all.</summary>
    /// <param name="parent">The token that it follows, or <see cref="Root"/>.</param>
    /// <param name="token">The token.</param>
    /// <param name="node">Its place, or that of the same token which was added there before.</param>
    /// <returns>False when the tree is full, or when the sequence would end before the token.</returns>
    public bool TryAdd(int parent, int token, out int node)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parent, Root);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(parent, Count);
        for (node = parent + 1; node < Count; node++)
            if (_parents[node] == parent && _tokens[node] == token) return true;
        int depth = parent == Root ? 1 : _depths[parent] + 1;
        if (IsFull || depth > _maxDepth) return false;
        node = Count++;
        (_tokens[node], _parents[node], _depths[node]) = (token, parent, depth);
        bool extends = parent == Root ? node == 0 : _tails[_branches[parent]] == parent;
        int branch = !extends || node == 0 ? _branchCount++ : _branches[parent];
        _branches[node] = branch;
        _tails[branch] = node;
        return true;
    }

    /// <summary>
    /// The number of the path that a token belongs to: that of its parent for the first token after it, a new one for each other. The first path is 0.
    /// </summary>
    internal int Branch(int node) => _branches[node];

    /// <summary>Empties the tree.</summary>
    /// <param name="limit">Tokens at most.</param>
    /// <param name="maxDepth">Tokens of one continuation at most.</param>
    /// <param name="breakEven">See <see cref="BreakEven"/>.</param>
    internal void Begin(int limit, int maxDepth, double breakEven = 0)
    {
        Count = _branchCount = 0;
        (Limit, _maxDepth, BreakEven) = (limit, maxDepth, breakEven);
    }
}
