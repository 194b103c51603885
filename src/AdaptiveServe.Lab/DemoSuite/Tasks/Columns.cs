namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Written arithmetic by columns.</summary>
internal static class Columns
{
    private static readonly string[] Names = ["Ones", "Tens", "Hundreds", "Thousands", "Ten thousands", "Hundred thousands", "Millions"];

    /// <summary>The digits of two numbers from the right, the shorter one filled up with zeros.</summary>
    /// <returns>Name and digits of each column.</returns>
    public static IEnumerable<(string Name, int First, int Second)> Of(int first, int second)
    {
        for (int i = 0; i == 0 || first > 0 || second > 0; i++)
        {
            yield return (Names[i], first % 10, second % 10);
            first /= 10;
            second /= 10;
        }
    }

    /// <summary>A number of two to four digits; five or six out of range.</summary>
    public static int Draw(Random random, Difficulty difficulty)
    {
        int digits = difficulty == Difficulty.InRange ? random.Between(2, 4) : random.Between(5, 6);
        int least = (int)Math.Pow(10, digits - 1);
        return random.Next(least, 10 * least);
    }
}
