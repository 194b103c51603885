using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Proposals.TrigramSearch;

namespace AdaptiveServe.Engine.Tests.Strategies.Proposals;

public class TrigramTests
{
    [Fact]
    public void Learn_Text_GivesEachSuccessorItsShare()
    {
        TrigramStore store = new();
        store.Learn([1, 2, 3, 1, 2, 3, 1, 2, 4]);
        Assert.True(store.TryGet(1, 2, out var tokens, out var weights));
        Assert.Equal([3, 4], tokens.ToArray());
        Assert.Equal([2 / 3f, 1 / 3f], weights.ToArray());
        Assert.False(store.TryGet(2, 1, out _, out _));
    }

    [Fact]
    public void Strengthen_AgainAndAgain_StopsAtThree()
    {
        TrigramStore store = new();
        for (int i = 0; i < 200; i++) store.Strengthen([1, 2, 3]);
        store.TryGet(1, 2, out _, out var weights);
        Assert.Equal([3f], weights.ToArray());
    }

    [Fact]
    public void Strengthen_MoreSuccessorsThanFit_TheLightestGoes()
    {
        TrigramStore store = new();
        for (int token = 0; token < TrigramStore.MaxSuccessors; token++)
            for (int times = token; times >= 0; times--) store.Strengthen([1, 2, token]);
        store.Strengthen([1, 2, 99]);
        store.TryGet(1, 2, out var tokens, out _);
        Assert.Equal(TrigramStore.MaxSuccessors, tokens.Length);
        Assert.True(tokens.Contains(99) && !tokens.Contains(0));
    }

    [Fact]
    public void Learn_EverNewPairs_StaysBounded()
    {
        TrigramStore store = new();
        int[] text = [.. Enumerable.Range(0, 300_000)];
        store.Learn(text);
        Assert.InRange(store.Count, 1, 1 << 17);
    }

    /// <summary>After 1 2 the prompt says 3 twice, and 5 once: both are drafted, what followed 3 first.</summary>
    [Fact]
    public void Draft_PromptThatRepeats_FindsWhatFollowed()
    {
        DraftTree tree = Draft([1, 2, 3, 4, 9, 1, 2, 3, 4, 9, 1, 2, 5, 6, 1, 2]);
        Assert.Equal([3, 4, 9], Enumerable.Range(0, 3).Select(tree.Token));
        Assert.Contains(5, Enumerable.Range(0, tree.Count).Where(node => tree.Parent(node) == DraftTree.Root).Select(tree.Token));
    }

    [Fact]
    public void Draft_SameText_IsTheSame()
    {
        int[] text = [.. Enumerable.Range(0, 200).Select(i => i * i * i % 31 % 5)];
        DraftTree first = Draft(text), second = Draft(text);
        Assert.Equal(Enumerable.Range(0, first.Count).Select(first.Token), Enumerable.Range(0, second.Count).Select(second.Token));
        Assert.InRange(first.Count, 6, 16); // more than one path
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Draft_HardlyAnyText_IsEmpty(int length) => Assert.Equal(0, Draft([.. Enumerable.Range(0, length)]).Count);

    private static DraftTree Draft(int[] prompt)
    {
        DraftTree tree = new();
        tree.Begin(16, maxDepth: 16);
        new TrigramPolicy(new SpeculationOptions(), new TrigramStore()).Draft(new Sequence(prompt, new SamplingParams()), tree);
        return tree;
    }
}
