using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Assignments that use the variables before them, all modulo 10.</summary>
internal sealed class ChainTask : IDemoTask
{
    private const string Letters = "abcdefghijkmnpqrstuvwxyz";

    private static readonly char[] AllOperations = ['+', '*', '-'];
    private static readonly char[] WithoutMinus = ['+', '*'];

    private static readonly string[] Requests =
    [
        "compute modulo 10: {chain}. What is {x}?", "calculate modulo 10: {chain}. What is {x}?", "work modulo 10: {chain}. Find {x}",
        "find {x} modulo 10: {chain}", "give me the value of {x} modulo 10: {chain}", "compute {x} mod 10 if {chain}",
        "what is {x} modulo 10 if {chain}", "what is {x} mod 10: {chain}", "if {chain}, what is {x} modulo 10",
        "if {chain}, what is {x} mod 10",
        "what value does {x} have modulo 10 if {chain}", "tell me {x} modulo 10 for {chain}", "evaluate {chain} modulo 10 and tell me {x}",
        "follow these assignments modulo 10: {chain}. What is {x}?", "solve for {x} modulo 10: {chain}",
        "how much is {x} mod 10 after {chain}",
        "!{chain}, {x} mod 10", "!mod 10: {chain}; {x}=?",
    ];

    public string Name => "chain";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        int depth = difficulty == Difficulty.InRange ? random.Between(2, 5) : random.Between(6, 8);
        char[] names = random.PickDistinct(Letters.ToCharArray(), depth);
        int[] values = new int[depth];
        List<string> assignments = [], steps = [];
        for (int i = 0; i < depth; i++) Assign(random, names, values, i, assignments, steps);

        Question question = Wording.Word(random, random.Pick(Requests)
            .Fill("chain", string.Join("; ", assignments)).Fill("x", $"{names[^1]}"));
        string response = $"{question.Opening}I replace the variables step by step. {string.Join("", steps)}"
            + $"So {names[^1]} modulo 10 is {values[^1]}.";
        return new DemoExample(Name, question.Prompt, response, $"{values[^1]}", Checkers.Number);
    }

    /// <summary>
    /// The last assignment uses the one before it, so that none of the chain is idle for long; the others one of the last two.
    /// </summary>
    private static void Assign(Random random, char[] names, int[] values, int i, List<string> assignments, List<string> steps)
    {
        if (i == 0)
        {
            values[0] = random.Next(10);
            assignments.Add($"{names[0]}={values[0]}");
            steps.Add($"{names[0]}={values[0]}. ");
            return;
        }

        int from = i >= 2 && i < values.Length - 1 && random.Percent(25) ? i - 2 : i - 1;
        (string right, int operand) = Operand(random, names, values, i, from);
        char operation = random.Pick(values[from] >= operand ? AllOperations : WithoutMinus);
        int result = operation switch { '+' => values[from] + operand, '-' => values[from] - operand, _ => values[from] * operand };
        assignments.Add($"{names[i]}={names[from]}{operation}{right}");
        steps.Add($"{names[i]}={values[from]}{operation}{operand}={result}, so {names[i]}={result % 10}. ");
        values[i] = result % 10;
    }

    private static (string Text, int Value) Operand(Random random, char[] names, int[] values, int i, int from)
    {
        int other = random.Next(i);
        if (other != from && random.Percent(40)) return ($"{names[other]}", values[other]);
        int constant = random.Between(1, 9);
        return ($"{constant}", constant);
    }
}
