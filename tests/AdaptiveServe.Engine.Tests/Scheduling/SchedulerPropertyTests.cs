namespace AdaptiveServe.Engine.Tests.Scheduling;

public class SchedulerPropertyTests
{
    [Theory, InlineData(1u), InlineData(2u)]
    public void Step_AnyScenario_EverySequenceEndsOnceWithItsOwnOutput(uint stream)
    {
        var coverage = new Coverage();
        Property.Check(Scenario.Any, scenario => Simulation.Run(scenario, coverage), cases: 1500, stream);
        TestContext.Current.TestOutputHelper!.WriteLine(coverage.ToString());
    }
}
