using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;

namespace AdaptiveServe.Engine.Tests.Strategies;

public class DraftTreeTests
{
    [Fact]
    public void TryAdd_SameTokenAtTheSamePlace_IsThereOnce()
    {
        DraftTree tree = Begin();
        Assert.True(tree.TryAdd(DraftTree.Root, 5, out int first));
        Assert.True(tree.TryAdd(DraftTree.Root, 5, out int again));
        Assert.True(tree.TryAdd(first, 5, out int below));
        Assert.Equal((0, 0, 1, 2), (first, again, below, tree.Count));
    }

    [Fact]
    public void TryAdd_FullOrBeyondTheEnd_Refuses()
    {
        DraftTree tree = Begin(limit: 3, maxDepth: 2);
        Assert.True(tree.TryAdd(DraftTree.Root, 1, out int first));
        Assert.True(tree.TryAdd(first, 2, out int second));
        Assert.False(tree.TryAdd(second, 3, out _)); // the sequence would end before it
        Assert.False(tree.IsFull);
        Assert.True(tree.TryAdd(first, 4, out _));
        Assert.True(tree.IsFull);
        Assert.False(tree.TryAdd(DraftTree.Root, 9, out _));
        Assert.True(tree.TryAdd(DraftTree.Root, 1, out _)); // it is there already
    }

    [Theory, InlineData(-2), InlineData(1)]
    public void TryAdd_ParentThatIsNotThere_Throws(int parent)
    {
        DraftTree tree = Begin();
        tree.TryAdd(DraftTree.Root, 1, out _);
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.TryAdd(parent, 1, out _));
    }

    /// <summary>1 2 3, 1 2 4 5, 1 6, and 7.</summary>
    [Fact]
    public void TakeDraft_Tree_BecomesPathsThatShareTheirBeginnings()
    {
        RunningSequence row = Take(tree =>
        {
            tree.TryAdd(DraftTree.Root, 1, out int one);
            tree.TryAdd(one, 2, out int two);
            tree.TryAdd(two, 3, out _);
            tree.TryAdd(DraftTree.Root, 7, out _);
            tree.TryAdd(two, 4, out int four);
            tree.TryAdd(one, 6, out _);
            tree.TryAdd(four, 5, out _);
        });
        Assert.Equal([1, 2, 3], row.Drafts.ToArray());
        Assert.Equal(["7", "1 2 4 5", "1 6"], row.Branches.ToArray().Select(branch => string.Join(' ', branch.Path.ToArray())));
        Assert.Equal([0, 2, 1], row.Branches.ToArray().Select(branch => branch.Shared));
        Assert.Equal([2, 4, 3], row.Branches.ToArray().Select(branch => branch.Start)); // after the two tokens of the sequence
    }

    /// <summary>What leaves a branch below its own first token belongs to it, what leaves above to where that came from.</summary>
    [Fact]
    public void Source_BranchOfABranch_IsTheOneThatComputesThePosition()
    {
        RunningSequence row = Take(tree =>
        {
            tree.TryAdd(DraftTree.Root, 1, out int one);
            tree.TryAdd(one, 2, out _);
            tree.TryAdd(one, 3, out int three); // branch 1, shares 1
            tree.TryAdd(three, 4, out int four);
            tree.TryAdd(three, 5, out _); // branch 2, shares 1 3
            tree.TryAdd(four, 6, out _);
        });
        DraftBranch first = row.Branches[0], second = row.Branches[1];
        Assert.Equal((1, 2), (first.Shared, second.Shared));
        Assert.Same(first, second.Parent);
        Assert.Same(row.Table(ModelRole.Large), second.Source(1));
        Assert.Same(row.Table(ModelRole.Large), second.Source(2)); // token 1
        Assert.Same(first.Blocks, second.Source(3)); // token 3
    }

    private static DraftTree Begin(int limit = 10, int maxDepth = 10)
    {
        DraftTree tree = new();
        tree.Begin(limit, maxDepth);
        return tree;
    }

    private static RunningSequence Take(Action<DraftTree> fill)
    {
        DraftTree tree = Begin();
        fill(tree);
        RunningSequence row = new(new Sequence([8, 9], new SamplingParams()), new LargeOnlyStrategy(), null);
        row.TakeDraft(tree);
        return row;
    }
}
