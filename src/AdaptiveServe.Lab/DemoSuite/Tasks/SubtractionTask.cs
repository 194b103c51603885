using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Takes a number from a larger one in writing, from the right with borrows.</summary>
internal sealed class SubtractionTask : IDemoTask
{
    private static readonly string[] Requests =
    [
        "what is {a}-{b}", "what is {a} minus {b}", "how much is {a}-{b}", "how much is {a} minus {b}",
        "what is the difference of {a} and {b}", "what is the difference between {a} and {b}", "what does {a}-{b} give",
        "what do you get if you take {b} from {a}", "subtract {b} from {a}", "take {b} away from {a}", "calculate {a}-{b}",
        "compute {a}-{b}",
        "work out {a}-{b}", "find the difference of {a} and {b}", "give me {a} minus {b}", "solve {a}-{b}", "what is {a} - {b}",
        "calculate {a} - {b}", "tell me what {a} minus {b} is", "!{a}-{b}", "!{a} - {b}", "!{a}-{b}=", "!{a} minus {b}",
    ];

    public string Name => "subtraction";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        int a = Columns.Draw(random, difficulty), b = Columns.Draw(random, difficulty);
        (a, b) = (Math.Max(a, b), Math.Min(a, b));
        Question question = Wording.Word(random, random.Pick(Requests).Fill("a", a).Fill("b", b));
        string response = $"{question.Opening}I take {b} from {a}, from the right. {Steps(a, b)}So {a}-{b}={a - b}.";
        return new DemoExample(Name, question.Prompt, response, $"{a - b}", Checkers.Number);
    }

    private static string Steps(int a, int b)
    {
        string steps = "", borrowed = "";
        int borrow = 0;
        foreach ((string name, int first, int second) in Columns.Of(a, b))
        {
            int next = first - second - borrow < 0 ? 1 : 0;
            int from = first + 10 * next, digit = from - second - borrow;
            steps += $"{name}: {from}-{second}{borrowed}={digit}, write {digit}, borrow {next}. ";
            borrow = next;
            borrowed = $"-{borrow}";
        }

        return steps;
    }
}
