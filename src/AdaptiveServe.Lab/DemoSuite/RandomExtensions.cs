namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>What generators draw.</summary>
internal static class RandomExtensions
{
    public static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>Different ones, in random order.</summary>
    public static T[] PickDistinct<T>(this Random random, IReadOnlyList<T> items, int count)
    {
        HashSet<int> indices = [];
        while (indices.Count < count) indices.Add(random.Next(items.Count));
        int[] order = [.. indices];
        random.Shuffle(order);
        return [.. order.Select(index => items[index])];
    }

    /// <summary>A number from min to max, both included.</summary>
    public static int Between(this Random random, int min, int max) => random.Next(min, max + 1);

    /// <summary>True so many times in a hundred.</summary>
    public static bool Percent(this Random random, int percent) => random.Next(100) < percent;
}
