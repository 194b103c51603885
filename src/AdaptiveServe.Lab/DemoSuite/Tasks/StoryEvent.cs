namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>
/// Something that changes how many things a person has; <c>{he}</c>, <c>{n}</c>, <c>{things}</c> and <c>{friend}</c> are slots.
/// </summary>
/// <param name="Text">What happens.</param>
/// <param name="Short">The same in the reply, before the computation.</param>
/// <param name="Operation">What it does to the number: <c>+ - * /</c>.</param>
/// <param name="Operand">By how much; 0 where that is drawn.</param>
internal sealed record StoryEvent(string Text, string Short, char Operation, int Operand = 0)
{
    public static IReadOnlyList<StoryEvent> All { get; } =
    [
        new("{he} buys {n} more", "{he} buys {n} more", '+'),
        new("{he} finds {n} {things}", "{he} finds {n}", '+'),
        new("{he} gets {n} more from {friend}", "{he} gets {n} from {friend}", '+'),
        new("{friend} gives {n} {things} to {name}", "{friend} gives {n}", '+'),
        new("{he} wins {n} {things}", "{he} wins {n}", '+'),
        new("{he} adds {n} more", "{he} adds {n}", '+'),
        new("{he} gives {n} to {friend}", "{he} gives {n} to {friend}", '-'),
        new("{he} loses {n} {things}", "{he} loses {n}", '-'),
        new("{he} sells {n} of them", "{he} sells {n}", '-'),
        new("{he} throws {n} away", "{he} throws {n} away", '-'),
        new("{friend} takes {n} {things}", "{friend} takes {n}", '-'),
        new("{he} uses {n} of them", "{he} uses {n}", '-'),
        new("{he} doubles the number of {things}", "{he} doubles the number", '*', 2),
        new("{he} gives half of them to {friend}", "{he} gives half to {friend}", '/', 2),
    ];

    /// <summary>Draws one that keeps the number between 2 and <paramref name="max"/>, with its operand.</summary>
    public static StoryEvent Draw(Random random, int current, int max)
    {
        while (true)
        {
            StoryEvent drawn = random.Pick(All);
            int operand = drawn.Operand > 0 ? drawn.Operand : random.Between(2, 15);
            int next = Compute(drawn.Operation, current, operand);
            if (next >= 2 && next <= max && (drawn.Operation != '/' || current % 2 == 0)) return drawn with { Operand = operand };
        }
    }

    public int Apply(int current) => Compute(Operation, current, Operand);

    private static int Compute(char operation, int current, int operand) => operation switch
    {
        '+' => current + operand,
        '-' => current - operand,
        '*' => current * operand,
        _ => current / operand,
    };
}
