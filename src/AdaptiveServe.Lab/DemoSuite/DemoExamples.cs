using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>The examples of the suite: an endless mix for training, and others for evaluation that training never shows.</summary>
internal static class DemoExamples
{
    /// <summary>How often a task may draw in vain before its questions count as used up.</summary>
    private const int MaxMisses = 20_000;

    /// <summary>Examples without end, the tasks in random order by their weights.</summary>
    public static IEnumerable<DemoExample> Training(int seed)
    {
        Random random = new(Holdout.Seed("training", seed));
        while (true) yield return NextForTraining(random);
    }

    /// <summary>Draws until an example is one for training; without a task, of all tasks by their weights.</summary>
    public static DemoExample NextForTraining(Random random, IDemoTask? task = null)
    {
        while (true)
        {
            DemoExample example = (task ?? DemoTasks.Pick(random)).Generate(random, Difficulty.InRange);
            if (!Holdout.Contains(example)) return example;
        }
    }

    /// <summary>Different examples that training never shows, in random order, as many of each task as its weight says.</summary>
    /// <exception cref="LabException">A task does not have so many questions.</exception>
    public static IReadOnlyList<DemoExample> HeldOut(int seed, int count, Difficulty difficulty)
    {
        // Those with few questions first, so that a count too large shows before the long work.
        WeightedTask[] tasks =
            [.. DemoTasks.All.Where(task => difficulty == Difficulty.InRange || task.HasSizes).OrderBy(task => task.HasSizes)];
        List<DemoExample> examples = [];
        int done = 0, total = tasks.Sum(task => task.Weight);
        foreach (WeightedTask task in tasks)
        {
            // From the weights so far to the weights so far: whatever is rounded, the sum is the count.
            int before = (int)((long)count * done / total);
            done += task.Weight;
            examples.AddRange(Draw(task.Task, seed, (int)((long)count * done / total) - before, difficulty));
        }

        DemoExample[] order = [.. examples];
        new Random(Holdout.Seed("order", seed)).Shuffle(order);
        return order;
    }

    private static List<DemoExample> Draw(IDemoTask task, int seed, int count, Difficulty difficulty)
    {
        Random random = new(Holdout.Seed($"evaluation {task.Name} {difficulty}", seed));
        HashSet<string> prompts = [];
        List<DemoExample> found = [];
        for (int misses = 0; found.Count < count; misses++)
        {
            if (misses == MaxMisses) throw new LabException($"The task '{task.Name}' has no {count} questions for evaluation.");
            DemoExample example = task.Generate(random, difficulty);
            if (!Holdout.Contains(example) || !prompts.Add(example.Prompt)) continue;
            found.Add(example);
            misses = 0;
        }

        return found;
    }
}
