using AdaptiveServe.Lab.DemoSuite.Tasks;

namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>The tasks of the suite, and how often each comes.</summary>
internal static class DemoTasks
{
    public static IReadOnlyList<WeightedTask> All { get; } =
    [
        new(new CopyTask(), 4),
        new(new SortTask(), 8),
        new(new ReverseTask(), 6),
        new(new UniqueTask(), 6),
        new(new CountTask(), 7),
        new(new AdditionTask(), 9),
        new(new SubtractionTask(), 9),
        new(new ChainTask(), 9),
        new(new CountdownTask(), 9),
        new(new JsonTask(), 7),
        new(new WordProblemTask(), 13),
        new(new UnitTask(), 7),
        new(new CalendarTask(), 7),
        new(new SpellingTask(), 7),
        new(new FactTask(), 5, HasSizes: false),
        new(new GreetingTask(), 3, HasSizes: false),
        new(new ThanksTask(), 2, HasSizes: false),
        new(new RefusalTask(), 4, HasSizes: false),
    ];

    /// <summary>Draws a task by the weights.</summary>
    public static IDemoTask Pick(Random random)
    {
        int place = random.Next(All.Sum(task => task.Weight));
        foreach (WeightedTask task in All)
        {
            if ((place -= task.Weight) < 0) return task.Task;
        }

        throw new InvalidOperationException("The weights changed.");
    }
}
