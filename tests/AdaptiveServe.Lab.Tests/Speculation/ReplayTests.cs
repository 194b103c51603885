using AdaptiveServe.Lab.Speculation;

namespace AdaptiveServe.Lab.Tests.Speculation;

public class ReplayTests
{
    private static readonly ReplayCosts Costs = new(Draft: 0.1, Verify: 1.2, PerToken: 0);

    // The first token comes with the prompt; of the others, the drafter is wrong about the fourth.
    private static readonly DraftTrace Trace = new(
        "task", [true, true, true, false, true, true],
        [Sure, Sure, Sure, Unsure, Sure, Sure], [null!, null!, null!, [Sure, Sure, Sure], null!, null!]);

    private static TracedToken Sure => new(0.1f, MathF.Log(0.99f), 0.99f);

    private static TracedToken Unsure => new(3, MathF.Log(0.3f), 0.2f);

    [Fact]
    public void Run_FixedLength_CountsStepsAndWaste()
    {
        ReplayTotals totals = Replay.Run([Trace], new() { Stop = "fixed", MaxDraft = 4 }, Costs);
        // Places 1 to 5: two accepted and one in its place; then one accepted of two... the last step has room for one draft.
        Assert.Equal((5, 2, 5, 3), (totals.Tokens, totals.Steps, totals.Drafted, totals.Accepted));
        Assert.Equal(2 * 1.2 + 5 * 0.1, totals.Cost, 9);
        Assert.Equal(5 / 2.9, totals.Speed, 9);
    }

    [Fact]
    public void Run_Confidence_EndsAfterTheUnsureToken()
    {
        ReplayTotals totals = Replay.Run([Trace], new() { Stop = "confidence", MaxDraft = 8 }, Costs);
        Assert.Equal((5, 2, 4, 3), (totals.Tokens, totals.Steps, totals.Drafted, totals.Accepted));
    }

    [Theory, InlineData(0.5, 4), InlineData(0.9, 5)]
    public void Run_Learned_ComparesTheProduct(double threshold, int drafted) =>
        Assert.Equal(drafted, Replay.Run([Trace], new() { Stop = "learned", MaxDraft = 8, Threshold = threshold }, Costs).Drafted);

    [Fact]
    public void Run_LearnedWithoutThreshold_StopsWhereTokensCostMoreThanTheyBring()
    {
        ReplayTotals cheap = Replay.Run([Trace], new() { Stop = "learned", MaxDraft = 8 }, Costs with { Draft = 0.001 });
        ReplayTotals dear = Replay.Run([Trace], new() { Stop = "learned", MaxDraft = 8 }, Costs with { Draft = 0.3 });
        Assert.True(cheap.Drafted > dear.Drafted, $"{cheap.Drafted} {dear.Drafted}");
    }

    [Fact]
    public void Clairvoyant_DraftsOnlyWhatIsAccepted()
    {
        ReplayTotals totals = Replay.Clairvoyant([Trace], 8, Costs);
        Assert.Equal(totals.Accepted, totals.Drafted);
        foreach (string stop in (string[])["fixed", "confidence", "heuristic", "svip", "adaedl", "learned"])
            Assert.True(totals.Speed >= Replay.Run([Trace], new() { Stop = stop }, Costs).Speed, stop);
    }
}
