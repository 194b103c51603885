namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Tries sum, difference and product, in this order.</summary>
internal static class CountdownOfTwo
{
    public static int Target(Random random, int[] numbers) => random.Pick(Tries(numbers)).Value;

    /// <returns>The sentences of the search, and the expression found.</returns>
    public static (string Steps, string Solution) Solve(int[] numbers, int target)
    {
        string steps = "";
        foreach ((string text, int value) in Tries(numbers))
        {
            steps += $"{text}={value}, {(value == target ? "yes" : "no")}. ";
            if (value == target) return (steps, text);
        }

        throw new InvalidOperationException("The target cannot be made.");
    }

    /// <summary>The larger number comes first in a difference.</summary>
    public static (string Text, int Value)[] Tries(int[] pair)
    {
        (int a, int b) = (pair[0], pair[1]);
        return [($"{a}+{b}", a + b), ($"{Math.Max(a, b)}-{Math.Min(a, b)}", Math.Abs(a - b)), ($"{a}*{b}", a * b)];
    }
}
