using System.Diagnostics;
using System.Runtime.InteropServices;
using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>A path of a draft tree beside the first: some tokens that it shares with another path, and then tokens of its own.</summary>
/// <remarks>
/// It has blocks of its own from the one on in which the sequence ends, with the tokens in the places that they would have if they were the
/// sequence's: attention sees a sequence like any other, and a token's bits are those of plain decoding. What is not computed here is copied there.
/// A sequence uses its branches again for the next draft, so that drafting allocates nothing.
/// </remarks>
public sealed class DraftBranch
{
    private const int FirstRoom = 16; // deeper trees grow it

    private readonly RunningSequence _running;
    private readonly List<int> _path = new(FirstRoom);

    /// <param name="running">Whose drafts.</param>
    internal DraftBranch(RunningSequence running) => _running = running;

    /// <summary>The drafted tokens from the sequence's end on, those of others first.</summary>
    public ReadOnlySpan<int> Path => CollectionsMarshal.AsSpan(_path);

    /// <summary>How many of them belong to others.</summary>
    public int Shared { get; private set; }

    /// <summary>Where the keys and values of the sequence and of the path lie while they are verified.</summary>
    public BlockTable Blocks { get; } = new();

    /// <summary>Position of the first token whose keys and values must be copied into <see cref="Blocks"/>; those before lie in shared blocks.</summary>
    public int FirstCopied { get; private set; }

    /// <summary>Position of the first token that is computed here.</summary>
    public int Start => _running.Sequence.Count + Shared;

    /// <summary>The branch that it leaves, or null for the first path.</summary>
    internal DraftBranch? Parent { get; private set; }

    /// <summary>Whether it takes part in the forward.</summary>
    internal bool IsScheduled { get; private set; }

    /// <summary>Index of the sample after its first own token.</summary>
    internal int FirstSample { get; private set; }

    /// <summary>Where keys and values at a position before <see cref="Start"/> are, or are written in the same forward.</summary>
    public BlockTable Source(int position)
    {
        int depth = position - _running.Sequence.Count;
        DraftBranch? owner = Parent;
        while (owner is not null && depth < owner.Shared) owner = owner.Parent;
        return owner?.Blocks ?? _running.Table(ModelRole.Large);
    }

    /// <summary>Becomes a path of a draft, up to the path's first own token.</summary>
    internal void Begin(DraftTree tree, int node)
    {
        Debug.Assert(Blocks.Count == 0);
        IsScheduled = false;
        _path.Clear();
        for (int at = node; at != DraftTree.Root; at = tree.Parent(at)) _path.Add(tree.Token(at));
        _path.Reverse();
        Shared = _path.Count - 1;
        int parent = tree.Parent(node) == DraftTree.Root ? 0 : tree.Branch(tree.Parent(node));
        Parent = parent == 0 ? null : _running.Branches[parent - 1];
    }

    internal void Add(int token) => _path.Add(token);

    internal void Schedule(int firstCopied, int firstSample)
    {
        IsScheduled = true;
        FirstCopied = firstCopied;
        FirstSample = firstSample;
    }
}
