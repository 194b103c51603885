using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>The game Countdown: an expression of all given numbers that equals a target.</summary>
/// <remarks>
/// The reply searches in an order that is always the same, so that a model can learn the search and not only its results.
/// </remarks>
internal sealed class CountdownTask : IDemoTask
{
    private static readonly string[] Requests =
    [
        "use {numbers} to make {target}", "make {target} from {numbers}", "make {target} with {numbers}", "reach {target} with {numbers}",
        "use the numbers {numbers} to get {target}", "combine {numbers} to make {target}",
        "combine the numbers {numbers} so that you get {target}",
        "get {target} from the numbers {numbers}", "find a way to make {target} from {numbers}",
        "find an expression for {target} with {numbers}",
        "use each of the numbers {numbers} once to make {target}", "build {target} from {numbers}", "write {target} using {numbers}",
        "how can you make {target} from {numbers}", "how do you get {target} from {numbers}", "how can I make {target} using {numbers}",
        "what expression of {numbers} gives {target}", "play countdown with {numbers}, the target is {target}",
        "solve the countdown {numbers}, target {target}",
        "!countdown: {numbers}, target {target}", "!numbers {numbers}, target {target}", "!{numbers} -> {target}",
    ];

    private static readonly string[] Separators = [" ", ", "];

    public string Name => "countdown";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        (int[] numbers, int target) = Draw(random, difficulty);
        (string steps, string solution) = numbers.Length switch
        {
            2 => CountdownOfTwo.Solve(numbers, target),
            3 => CountdownOfThree.Solve(numbers, target),
            _ => CountdownOfSigns.Solve(numbers, target),
        };
        Question question = Wording.Word(random, random.Pick(Requests)
            .Fill("numbers", string.Join(random.Pick(Separators), numbers)).Fill("target", target));
        string response = $"{question.Opening}I want to make {target}. {steps}Answer: {solution}={target}";
        return new DemoExample(Name, question.Prompt, response, $"{string.Join(' ', numbers)} = {target}", Checkers.Expression);
    }

    private static (int[] Numbers, int Target) Draw(Random random, Difficulty difficulty)
    {
        int count = difficulty == Difficulty.OutOfRange ? random.Between(5, 6) : random.Next(100) switch { < 35 => 2, < 88 => 3, _ => 4 };
        while (true)
        {
            int[] numbers = [.. Enumerable.Range(0, count).Select(_ => random.Between(1, count == 2 ? 12 : 9))];
            int target = count switch
            {
                2 => CountdownOfTwo.Target(random, numbers),
                3 => CountdownOfThree.Target(random, numbers),
                _ => CountdownOfSigns.Target(random, numbers),
            };
            if (target is >= 1 and <= 99) return (numbers, target);
        }
    }
}
