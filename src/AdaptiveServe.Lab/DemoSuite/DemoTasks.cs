using AdaptiveServe.Lab.DemoSuite.Tasks;

namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>The tasks of the suite, and how often each comes.</summary>
internal static class DemoTasks
{
    public static IReadOnlyList<WeightedTask> All { get; } =
    [
        new(new CopyTask(), 4),
        new(new SortTask(), 8) { Practice = 14 },
        new(new ReverseTask(), 6) { Practice = 7 },
        new(new UniqueTask(), 6) { Practice = 14 },
        new(new CountTask(), 7) { Practice = 11 },
        new(new AdditionTask(), 9) { Practice = 8 },
        new(new SubtractionTask(), 9) { Practice = 10 },
        new(new ChainTask(), 9) { Practice = 13 },
        new(new CountdownTask(), 9) { Practice = 20 },
        new(new JsonTask(), 7) { Practice = 6 },
        new(new WordProblemTask(), 13),
        new(new UnitTask(), 7) { Practice = 6 },
        new(new CalendarTask(), 7) { Practice = 6 },
        new(new SpellingTask(), 7) { Practice = 13 },
        new(new FactTask(), 5, HasSizes: false),
        new(new GreetingTask(), 3, HasSizes: false),
        new(new ThanksTask(), 2, HasSizes: false),
        new(new RefusalTask(), 4, HasSizes: false),
    ];

    /// <summary>Draws a task to train on.</summary>
    public static IDemoTask Pick(Random random)
    {
        int place = random.Next(All.Sum(task => task.Practice));
        foreach (WeightedTask task in All)
        {
            if ((place -= task.Practice) < 0) return task.Task;
        }

        throw new InvalidOperationException("The weights changed.");
    }
}
