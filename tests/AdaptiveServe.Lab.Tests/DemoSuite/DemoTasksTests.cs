using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Tests.DemoSuite;

public sealed partial class DemoTasksTests
{
    private const int Examples = 2000;

    public static TheoryData<string, bool> Cases { get; } = [.. DemoTasks.All
        .SelectMany(task => new[] { (task.Task.Name, false), (task.Task.Name, true) })];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generate_OwnResponse_PassesItsChecker(string task, bool isOutOfRange)
    {
        foreach (DemoExample example in Draw(task, isOutOfRange))
        {
            Assert.True(example.Checker.Passes(example.Response, example.Answer), $"{example}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generate_CorruptedResponse_FailsItsChecker(string task, bool isOutOfRange)
    {
        foreach (DemoExample example in Draw(task, isOutOfRange))
        {
            string corrupted = Corrupt(example);
            Assert.NotEqual(example.Response, corrupted);
            Assert.False(example.Checker.Passes(corrupted, example.Answer), $"{corrupted}\n{example}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generate_Texts_AreAsciiWithoutSlotsAndOfUsualLength(string task, bool isOutOfRange)
    {
        foreach (DemoExample example in Draw(task, isOutOfRange))
        {
            Assert.True(Ascii.IsValid(example.Prompt + example.Response + example.Answer), $"{example}");
            Assert.InRange(example.Response.Length, 20, 900);
            Assert.DoesNotMatch(
                """[{][A-Za-z ]+[}]|[^.][.][.]$|[?][.?]|  | [.,](?!NET)|\s$|^\s""", example.Prompt + '\n' + example.Response);
            Assert.Equal(task, example.Task);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generate_EquationsInResponses_AreTrue(string task, bool isOutOfRange)
    {
        foreach (DemoExample example in Draw(task, isOutOfRange))
        {
            foreach (Match equation in Equations().Matches(example.Response))
            {
                bool isExpression = ArithmeticExpression.TryEvaluate(equation.Groups[1].Value, out _, out Fraction value);
                int right = int.Parse(equation.Groups[2].Value, CultureInfo.InvariantCulture);
                Assert.True(isExpression && value == new Fraction(right, 1), $"{equation.Value} in {example}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generate_SameSeed_GivesTheSame(string task, bool isOutOfRange) =>
        Assert.Equal(Draw(task, isOutOfRange).Take(50), Draw(task, isOutOfRange).Take(50));

    [Fact]
    public void All_Names_AreDifferent() => Assert.Distinct(DemoTasks.All.Select(task => task.Task.Name));

    private static IEnumerable<DemoExample> Draw(string name, bool isOutOfRange)
    {
        IDemoTask task = DemoTasks.All.Single(task => task.Task.Name == name).Task;
        Random random = new(7);
        Difficulty difficulty = isOutOfRange ? Difficulty.OutOfRange : Difficulty.InRange;
        return Enumerable.Range(0, Examples).Select(_ => task.Generate(random, difficulty));
    }

    /// <summary>Changes a digit or an item that matters.</summary>
    private static string Corrupt(DemoExample example) => example.Checker.Name switch
    {
        "number" => LastNumber().Replace(example.Response, match => OtherItem(match.Value)),
        "list" => LastItem().Replace(example.Response, match => OtherItem(match.Value)),
        "expression" => LastOperand().Replace(example.Response, match => OtherItem(match.Value)),
        "json" => FirstValue().Replace(example.Response, match => match.Value + "1", 1),
        _ => example.Response.Replace(example.Answer, "something else", StringComparison.Ordinal),
    };

    private static string OtherItem(string item) =>
        item[..^1] + (char.IsAsciiDigit(item[^1]) ? (char)('0' + (item[^1] - '0' + 1) % 10) : item[^1] == 'z' ? 'a' : 'z');

    [GeneratedRegex("""(?<![A-Za-z0-9()+*/\-])([0-9()][0-9()+*/\-]*[+*/\-][0-9()+*/\-]+)=([0-9]+)""")]
    private static partial Regex Equations();

    [GeneratedRegex("""[0-9]+(?=[^0-9]*$)""")]
    private static partial Regex LastNumber();

    [GeneratedRegex("""[a-z0-9]+$""")]
    private static partial Regex LastItem();

    [GeneratedRegex("""[0-9]+(?=\)?=[0-9]+$)""")]
    private static partial Regex LastOperand();

    [GeneratedRegex("""(?<=": "?)[A-Za-z0-9]+""")]
    private static partial Regex FirstValue();
}
