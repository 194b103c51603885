using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Proposals.TokenRecycling;

namespace AdaptiveServe.Engine.Tests.Strategies.Proposals;

public class TokenRecyclingTests
{
    [Fact]
    public void Draft_NothingKnown_IsEmpty() => Assert.Equal(0, Draft(new SuccessorTable(), last: 3).Count);

    [Fact]
    public void Draft_KnownTokens_GrowsWhereItIsMostLikely()
    {
        SuccessorTable table = new();
        table.Put(1, [2, 3, 0, 0, 0, 0, 0, 0]);
        table.Put(2, [4, 5, 0, 0, 0, 0, 0, 0]);
        DraftTree tree = Draft(table, last: 1, limit: 4);
        Assert.Equal([2, 4, 3, 0], Enumerable.Range(0, tree.Count).Select(tree.Token)); // 0.5, 0.25, 0.15, 0.08
        Assert.Equal([DraftTree.Root, 0, DraftTree.Root, DraftTree.Root], Enumerable.Range(0, tree.Count).Select(tree.Parent));
    }

    [Fact]
    public void Draft_TokenThatCostsMoreThanItBrings_IsLeftOut()
    {
        SuccessorTable table = new();
        table.Put(1, [2, 3, 4, 5, 6, 7, 8, 9]);
        Assert.Equal([2], Tokens(Draft(table, last: 1, breakEven: 0.2)));
        Assert.Equal([2, 3], Tokens(Draft(table, last: 1, breakEven: 0.1)));
    }

    [Fact]
    public void Chance_RankThatIsHit_Grows()
    {
        SuccessorTable table = new();
        for (int i = 0; i < 100; i++) table.Put(1, i % 2 == 0 ? [2, 3, 4, 5, 6, 7, 8, 9] : [3, 2, 4, 5, 6, 7, 8, 9]); // always the second
        Assert.True(table.Chance(1) > 0.9 && table.Chance(0) < 0.1, $"{table.Chance(0)} {table.Chance(1)}");
    }

    private static int[] Tokens(DraftTree tree) => [.. Enumerable.Range(0, tree.Count).Select(tree.Token)];

    private static DraftTree Draft(SuccessorTable table, int last, int limit = 8, double breakEven = 0)
    {
        DraftTree tree = new();
        tree.Begin(limit, maxDepth: 8, breakEven);
        new TokenRecyclingPolicy(new SpeculationOptions(), table).Draft(new Sequence([last], new SamplingParams()), tree);
        return tree;
    }
}
