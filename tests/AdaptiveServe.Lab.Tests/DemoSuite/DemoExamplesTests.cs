using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;

namespace AdaptiveServe.Lab.Tests.DemoSuite;

public sealed class DemoExamplesTests
{
    [Fact]
    public void Training_AndHeldOut_ShareNoQuestion()
    {
        HashSet<(string, string)> training = [.. DemoExamples.Training(1).Take(30_000).Select(example => (example.Task, example.Prompt))];
        Assert.DoesNotContain(
            DemoExamples.HeldOut(1, 1500, Difficulty.InRange), example => training.Contains((example.Task, example.Prompt)));
    }

    [Fact]
    public void HeldOut_Examples_ComeByWeightAndOnlyOnce()
    {
        int total = DemoTasks.All.Sum(task => task.Weight);
        IReadOnlyList<DemoExample> examples = DemoExamples.HeldOut(2, 10 * total, Difficulty.InRange);
        Assert.Distinct(examples.Select(example => (example.Task, example.Prompt)));
        Assert.Equal(
            DemoTasks.All.Select(task => (task.Task.Name, 10 * task.Weight)),
            DemoTasks.All.Select(task => (task.Task.Name, examples.Count(example => example.Task == task.Task.Name))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(101)]
    [InlineData(999)]
    public void HeldOut_AnyCount_GivesThatMany(int count) =>
        Assert.Equal(count, DemoExamples.HeldOut(3, count, Difficulty.OutOfRange).Count);

    [Fact]
    public void HeldOut_OutOfRange_HasOnlyTasksWithSizes()
    {
        IEnumerable<string> names = DemoExamples.HeldOut(3, 1000, Difficulty.OutOfRange).Select(example => example.Task).Distinct().Order();
        Assert.Equal(DemoTasks.All.Where(task => task.HasSizes).Select(task => task.Task.Name).Order(), names);
    }

    [Fact]
    public void HeldOut_SameSeed_GivesTheSame() =>
        Assert.Equal(DemoExamples.HeldOut(4, 200, Difficulty.InRange), DemoExamples.HeldOut(4, 200, Difficulty.InRange));

    [Fact]
    public void HeldOut_OtherSeed_GivesOthers() => Assert.NotEqual(
        DemoExamples.HeldOut(4, 200, Difficulty.InRange).Select(example => example.Prompt).Order(),
        DemoExamples.HeldOut(5, 200, Difficulty.InRange).Select(example => example.Prompt).Order());

    [Fact]
    public void HeldOut_MoreThanThereAre_NamesTheTask() =>
        Assert.Contains("has no", Assert.Throws<LabException>(() => DemoExamples.HeldOut(1, 5_000_000, Difficulty.InRange)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Training_SameSeed_GivesTheSame() => Assert.Equal(DemoExamples.Training(9).Take(100), DemoExamples.Training(9).Take(100));

    [Fact]
    public void Training_OtherSeed_GivesOthers() =>
        Assert.NotEqual(DemoExamples.Training(9).Take(100), DemoExamples.Training(10).Take(100));
}
