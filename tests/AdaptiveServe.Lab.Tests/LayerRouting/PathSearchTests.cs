using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Lab.LayerRouting.Search;

namespace AdaptiveServe.Lab.Tests.LayerRouting;

public class PathSearchTests
{
    private static readonly LayerRoute Whole = LayerRoute.Plain(4);

    [Fact]
    public void Moves_AreSkipsOfOneOrTwoNeighboursAndRepeats()
    {
        Assert.Equal(
            ["0 0 1 2 3", "0 1", "0 1 1 2 3", "0 1 2", "0 1 2 2 3", "0 1 2 3 3", "0 1 3", "0 2 3", "0 3", "1 2 3", "2 3"],
            PathMoves.Of(Whole, maxRepeats: 2).Select(path => path.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(["1"], PathMoves.Of(Route(0, 1), maxRepeats: 0).Select(path => path.ToString()).Where(path => path != "0"));
        Assert.Empty(PathMoves.Of(Route(3), maxRepeats: 0)); // something must run
    }

    [Fact]
    public void Edits_KeepToTheSlotsOfSecondPasses()
    {
        Assert.Equal(8, PathMoves.Edits(Whole, maxRepeats: 1).Count);
        Assert.Equal(["0 0 1 2", "0 0 1 3", "0 0 2 3", "1 2 3"], PathMoves.Edits(Route(0, 0, 1, 2, 3), maxRepeats: 1).Select(path => path.ToString()).Order(StringComparer.Ordinal));
    }

    /// <summary>A path is correct that runs the layers 0, 3 and 5 of eight: the tree finds the shortest, and looks at no more than it may.</summary>
    [Fact]
    public async Task Tree_FindsTheShortestCorrectPath()
    {
        int looks = 0;
        HashSet<LayerRoute> correct = [];
        await new PathTree(new PathTreeOptions(Simulations: 400), maxRepeats: 0, new Random(1)).SearchAsync(LayerRoute.Plain(8), path =>
        {
            looks++;
            bool isCorrect = path.Runs(0) && path.Runs(3) && path.Runs(5);
            if (isCorrect) correct.Add(path);
            return Task.FromResult(isCorrect);
        });
        Assert.Equal(400, looks);
        Assert.Equal([0, 3, 5], correct.MinBy(path => path.Layers.Count)!.Layers);
    }

    [Fact]
    public async Task Tree_NoSimulations_LooksAtNothing() =>
        await new PathTree(new PathTreeOptions(Simulations: 0), maxRepeats: 0, new Random(1)).SearchAsync(Whole, _ => throw new InvalidOperationException("looked"));

    private static LayerRoute Route(params int[] layers) => new(layers, modelLayers: 4, maxRepeats: 2);
}
