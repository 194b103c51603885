using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Adds two numbers in writing, from the right with carries.</summary>
internal sealed class AdditionTask : IDemoTask
{
    private static readonly string[] Requests =
    [
        "what is {a}+{b}", "what is {a} plus {b}", "how much is {a}+{b}", "how much is {a} plus {b}", "what is the sum of {a} and {b}",
        "what does {a}+{b} give", "what do you get if you add {a} and {b}", "add {a} and {b}", "add {b} to {a}", "calculate {a}+{b}",
        "compute {a}+{b}", "work out {a}+{b}", "find the sum of {a} and {b}", "give me the sum of {a} and {b}", "solve {a}+{b}",
        "what is {a} + {b}", "calculate {a} + {b}", "tell me what {a} plus {b} is", "!{a}+{b}", "!{a} + {b}", "!{a}+{b}=", "!{a} plus {b}",
    ];

    public string Name => "addition";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        int a = Columns.Draw(random, difficulty), b = Columns.Draw(random, difficulty);
        Question question = Wording.Word(random, random.Pick(Requests).Fill("a", a).Fill("b", b));
        string response = $"{question.Opening}I add {a} and {b} from the right. {Steps(a, b)}So {a}+{b}={a + b}.";
        return new DemoExample(Name, question.Prompt, response, $"{a + b}", Checkers.Number);
    }

    /// <summary>A sentence for each column; the first has nothing carried to it, the others always say what is.</summary>
    private static string Steps(int a, int b)
    {
        string steps = "", carried = "";
        int carry = 0;
        foreach ((string name, int first, int second) in Columns.Of(a, b))
        {
            int sum = first + second + carry;
            carry = sum / 10;
            steps += $"{name}: {first}+{second}{carried}={sum}, write {sum % 10}, carry {carry}. ";
            carried = $"+{carry}";
        }

        return carry == 0 ? steps : steps + $"At the front, write {carry}. ";
    }
}
