namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Four numbers or more, of which at most one is subtracted: it is half of what their sum is too large by.</summary>
internal static class CountdownOfSigns
{
    public static int Target(Random random, int[] numbers) => numbers.Sum() - 2 * (random.Percent(25) ? 0 : random.Pick(numbers));

    /// <inheritdoc cref="CountdownOfTwo.Solve"/>
    public static (string Steps, string Solution) Solve(int[] numbers, int target)
    {
        string steps = "I add all. ";
        int sum = numbers[0];
        foreach (int number in numbers.Skip(1)) steps += $"{sum}+{number}={sum += number}. ";
        if (sum == target) return ($"{steps}That is it. ", string.Join('+', numbers));
        int excess = sum - target, half = excess / 2;
        List<int> rest = [.. numbers];
        rest.Remove(half);
        return ($"{steps}{sum}-{target}={excess} too much, {excess}/2={half}, so I take {half} away. ", $"{string.Join('+', rest)}-{half}");
    }
}
