using AdaptiveServe.Lab.LayerRouting;
using AdaptiveServe.Lab.LayerRouting.Search;
using AdaptiveServe.Lab.LayerRouting.Training;

namespace AdaptiveServe.Lab.Tests.LayerRouting;

public class PathClassesTests
{
    [Fact]
    public void Of_PathsOfOneLength_TakesTheOneThatIsRightForMost()
    {
        PathLabel[] labels = [Label([0, 1], [0, 2]), Label([0, 2], [1, 2]), Label([0, 2, 2])];
        Assert.Equal([[1, 0, 1], [1, 0, 1], [1, 0, 2]], PathClasses.Of(labels, layers: 3));
    }

    /// <summary>The counts of the paper's code: with a beta of 0.999 the weights are nearly equal.</summary>
    [Fact]
    public void ClassWeights_AreEffectiveNumbers()
    {
        int[] classes = [.. Enumerable.Repeat(0, 4399), .. Enumerable.Repeat(1, 120956), .. Enumerable.Repeat(2, 1457)];
        float[] weights = RouterTrainer.ClassWeights([classes], 0.999);
        Assert.Equal(0.92, weights[0], 0.006);
        Assert.Equal(0.90, weights[1], 0.006);
        Assert.Equal(1.18, weights[2], 0.006);
        int[] rare = [.. Enumerable.Repeat(0, 3000), .. Enumerable.Repeat(1, 3000), 2];
        Assert.Equal([0.25f, 0.25f, 2.5f], RouterTrainer.ClassWeights([rare], 0.999));
        Assert.Equal([1, 1, 0], RouterTrainer.ClassWeights([[0, 1]], 0.999)); // a class that does not occur has none
    }

    [Fact]
    public void Scores_AreAccuracyAndTheMeanOfF1()
    {
        ClassScores scores = ClassScores.Of(said: [0, 0, 1, 1, 1, 2], actual: [0, 1, 1, 1, 0, 1]);
        Assert.Equal(3 / 6.0, scores.Accuracy);
        Assert.Equal([2 * 1 / 4.0, 2 * 2 / 7.0, 0], scores.F1);
        Assert.Equal((2 * 1 / 4.0 + 2 * 2 / 7.0) / 2, scores.MacroF1, 1e-12); // the third never is
        Assert.Equal([2, 4, 0], scores.Counts);
    }

    [Fact]
    public void Verdict_ComparesSkipWithTheLargerOfTheOthers()
    {
        RouterVerdict verdict = RouterVerdict.Of([3, 1, 2, 0, 5, 4, 1, 2, 9]);
        Assert.Equal([0, 1, 2], verdict.Classes);
        Assert.Equal([1, -5, -8], verdict.Scores);
    }

    [Fact]
    public void Packed_Texts_StandInRowsAndBeginAtZero()
    {
        int[][] texts = [[1, 2, 3], [4, 5], [6, 7, 8, 9], [10]];
        PackedTexts[] batches = [.. PackedTexts.Of(texts, rowLength: 5, rowsEach: 1)];
        Assert.Equal([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]], batches.Select(batch => batch.Tokens));
        Assert.Equal([[0, 1, 2, 0, 1], [0, 1, 2, 3, 0]], batches.Select(batch => batch.Positions));
        PackedTexts one = PackedTexts.Of(texts, rowLength: 4, rowsEach: 4).Single();
        Assert.Equal([1, 2, 3, 0, 4, 5, 0, 0, 6, 7, 8, 9, 10, 0, 0, 0], one.Tokens);
        Assert.Equal([0, 1, 2, 0, 0, 1, 0, 1, 0, 1, 2, 3, 0, 0, 1, 2], one.Positions);
        Assert.Equal([(0, 0), (1, 4), (2, 8), (3, 12)], one.Texts);
    }

    private static PathLabel Label(params int[][] paths) => new("", "", true, 0, paths);
}
