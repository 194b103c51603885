namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>
/// Puts one of three numbers aside, from the last to the first, says which values of the other two would do, and tries them.
/// </summary>
internal static class CountdownOfThree
{
    public static int Target(Random random, int[] numbers)
    {
        int aside = random.Next(3);
        (string _, int value) = random.Pick(CountdownOfTwo.Tries(Others(numbers, aside)));
        return random.Next(4) switch
        {
            0 => value + numbers[aside],
            1 => value - numbers[aside],
            2 => value * numbers[aside],
            _ => numbers[aside] - value,
        };
    }

    /// <inheritdoc cref="CountdownOfTwo.Solve"/>
    public static (string Steps, string Solution) Solve(int[] numbers, int target)
    {
        string steps = "";
        for (int aside = 2; aside >= 0; aside--)
        {
            List<Need> needs = Needs(numbers[aside], target);
            steps += $"Put {numbers[aside]} aside: {string.Join(", ", needs.Select(need => need.Equation))}. ";
            foreach ((string text, int value) in CountdownOfTwo.Tries(Others(numbers, aside)))
            {
                Need? hit = needs.Find(need => need.Value == value);
                steps += $"{text}={value}, {(hit is null ? "no" : "yes")}. ";
                if (hit is not null) return (steps, hit.Solution.Fill("rest", text));
            }
        }

        throw new InvalidOperationException("The target cannot be made.");
    }

    private static int[] Others(int[] numbers, int aside) => [.. numbers.Where((_, index) => index != aside)];

    /// <summary>The values that give the target together with the number put aside.</summary>
    private static List<Need> Needs(int aside, int target)
    {
        List<Need> needs = [];
        if (target > aside) needs.Add(new(target - aside, $"{target}-{aside}={target - aside}", $"({{rest}})+{aside}"));
        needs.Add(new(target + aside, $"{target}+{aside}={target + aside}", $"({{rest}})-{aside}"));
        if (target % aside == 0) needs.Add(new(target / aside, $"{target}/{aside}={target / aside}", $"({{rest}})*{aside}"));
        if (aside >= target) needs.Add(new(aside - target, $"{aside}-{target}={aside - target}", $"{aside}-({{rest}})"));
        return needs;
    }

    /// <param name="Value">What the other two numbers must give.</param>
    /// <param name="Equation">How it follows from the target.</param>
    /// <param name="Solution">The expression, with <c>{rest}</c> for the other two.</param>
    private sealed record Need(int Value, string Equation, string Solution);
}
