using AdaptiveServe.Lab.LayerRouting.Search;

namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>The path that each prompt is labelled with, as how often it runs each layer: 0, 1 or 2, the classes of the routers.</summary>
internal static class PathClasses
{
    /// <summary>Of the paths of equal length that a search found, the one that is correct for most of all prompts: what differs without need is no lesson.</summary>
    /// <param name="labels">Of all prompts, with a path each.</param>
    /// <param name="layers">Of the model.</param>
    /// <returns>[prompts][layers].</returns>
    public static int[][] Of(IReadOnlyList<PathLabel> labels, int layers)
    {
        Dictionary<string, int> votes = [];
        foreach (IReadOnlyList<int> path in labels.SelectMany(label => label.Paths)) votes[Key(path)] = votes.GetValueOrDefault(Key(path)) + 1;
        return [.. labels.Select(label => Counts(label.Paths.MaxBy(path => votes[Key(path)])!, layers))];
    }

    private static string Key(IReadOnlyList<int> path) => string.Join(' ', path);

    private static int[] Counts(IReadOnlyList<int> path, int layers)
    {
        int[] counts = new int[layers];
        foreach (int layer in path) counts[layer]++;
        return counts;
    }
}
