using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>The examples that routers are trained for.</summary>
internal static class SearchExamples
{
    /// <param name="suite">demo, or a file as eval takes it.</param>
    /// <param name="count">At most.</param>
    /// <param name="seed">Of the demo suite: none of these is among those that evaluation asks, and tasks come as often as there.</param>
    /// <exception cref="CommandLine.LabException">There is no such suite.</exception>
    public static IReadOnlyList<EvaluationExample> Load(string suite, int count, int seed)
    {
        if (suite != EvaluationSuite.Demo) return EvaluationSuite.Load(suite, count, seed, Difficulty.InRange);
        Random random = new(Holdout.Seed("layer routers", seed));
        int total = DemoTasks.All.Sum(task => task.Weight);
        HashSet<string> prompts = [];
        List<EvaluationExample> examples = [];
        for (int draws = 0; examples.Count < count && draws < 20 * count; draws++)
        {
            int place = random.Next(total);
            IDemoTask task = DemoTasks.All.First(task => (place -= task.Weight) < 0).Task;
            DemoExample example = DemoExamples.NextForTraining(random, task);
            if (prompts.Add(example.Prompt)) examples.Add(EvaluationExample.Of(example));
        }

        return examples;
    }
}
