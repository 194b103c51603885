using AdaptiveServe.Tests;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class SchedulerPropertyTests
{
    [Theory, InlineData(1u), InlineData(2u)]
    public void Step_AnyScenario_EverySequenceEndsOnceWithItsOwnOutput(uint stream)
    {
        var coverage = new Coverage();
        Property.Check(Scenario.Any, scenario => Simulation.Run(scenario, coverage), cases: 1000, stream);
        TestContext.Current.TestOutputHelper!.WriteLine(coverage.ToString());
        foreach (string what in new[]
            {
                "Stop", "Length", "Cancelled", "Error", "chunks", "preemptions", "prefix hits", "on both models",
                "drafts accepted", "drafts rejected", "drafts dropped", "drafts of the large model", "branches", "tokens withheld",
                "prompts read by a router", "routes behind whole prompts", "routes with their prompts",
            })
            Assert.True(coverage[what] > 100, $"too few of {what}: {coverage}");
    }

    public static TheoryData<string> Sabotages { get; } =
    [
        nameof(AcceptsEveryDraft), nameof(KeepsRejectedDrafts), nameof(LeaksABlock), nameof(GivesABlockToTwo),
        nameof(ForgetsTheLastToken), nameof(SkipsAToken), nameof(KeepsItsOwnDrafts),
        nameof(ForgetsWhatBranchesShare), nameof(MixesUpBranches),
    ];

    /// <summary>The property above can fail.</summary>
    [Theory, MemberData(nameof(Sabotages))]
    public void Step_Sabotaged_IsNoticed(string name)
    {
        Type type = typeof(Sabotage).Assembly.GetType($"{typeof(Sabotage).Namespace}.{name}", throwOnError: true)!;
        Assert.Contains(
            Property.Generate(Scenario.Any, cases: 400), scenario => IsNoticed(scenario, (Sabotage)Activator.CreateInstance(type)!));
    }

    private static bool IsNoticed(Scenario scenario, Sabotage sabotage)
    {
        try
        {
            Simulation.Run(scenario, new Coverage(), sabotage);
            return false;
        }
        catch (Exception exception) when (exception is Xunit.Sdk.XunitException or InvalidOperationException)
        {
            return true;
        }
    }
}
