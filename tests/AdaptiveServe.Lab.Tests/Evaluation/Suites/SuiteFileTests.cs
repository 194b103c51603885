using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Tests.Evaluation.Suites;

public sealed class SuiteFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_EveryKindOfLine_IsUnderstood()
    {
        IReadOnlyList<EvaluationExample> examples = Read("""
            {"prompt": "1 + 1?", "answer": "2"}
            {"question": "2 + 2?", "answer": "2 + 2 = 4\n#### 4", "checker": "number", "task": "gsm8k"}
            {"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}], "answer": "a", "other": 1}
            """);
        Assert.Equal(["suite", "gsm8k", "suite"], examples.Select(example => example.Task));
        Assert.Equal(["1 + 1?", "2 + 2?", null], examples.Select(example => example.Prompt));
        Assert.Equal([Checkers.Exact, Checkers.Number, Checkers.Exact], examples.Select(example => example.Checker));
        Assert.Equal([new EvaluationMessage("system", "s"), new EvaluationMessage("user", "u")], examples[2].Messages);
        Assert.True(examples[1].Checker.Passes("So 4.", examples[1].Answer));
    }

    [Theory]
    [InlineData("""{"answer": "2"}""", "must have one of")]
    [InlineData("""{"prompt": "a", "question": "b", "answer": "2"}""", "must have one of")]
    [InlineData("""{"prompt": 1, "answer": "2"}""", "'prompt' is not a string")]
    [InlineData("""{"prompt": "a"}""", "'answer' is missing")]
    [InlineData("""{"prompt": "a", "answer": 2}""", "'answer' is not a string")]
    [InlineData("""{"prompt": "a", "answer": "2", "checker": "guess"}""", "no checker 'guess'")]
    [InlineData("""{"prompt": "a", "answer": "2", "checker": 1}""", "'checker' is not a string")]
    [InlineData("""{"prompt": "a", "answer": "two", "checker": "number"}""", "has no number in it")]
    [InlineData("""{"prompt": "a", "answer": "{", "checker": "json"}""", "is not valid JSON")]
    [InlineData("""{"prompt": "a", "answer": "2", "task": ""}""", "'task' must have")]
    [InlineData("""{"messages": [], "answer": "2"}""", "'messages' is no array, or empty")]
    [InlineData("""{"messages": "a", "answer": "2"}""", "'messages' is no array, or empty")]
    [InlineData("""{"messages": ["a"], "answer": "2"}""", "each of 'messages'")]
    [InlineData("""{"messages": [{"role": "robot", "content": "a"}], "answer": "2"}""", "each of 'messages'")]
    [InlineData("""{"messages": [{"role": "user", "content": ["a"]}], "answer": "2"}""", "each of 'messages'")]
    [InlineData("""{"messages": [{"role": "user", "content": "a", "name": "b"}], "answer": "2"}""", "each of 'messages'")]
    [InlineData("""{"messages": [{"role": "assistant", "content": "a"}], "answer": "2"}""", "the assistant's")]
    [InlineData("""["a"]""", "is not a JSON object")]
    public void Read_WrongLine_IsRefusedByItsNumber(string line, string message)
    {
        LabException refused = Assert.Throws<LabException>(() => Read($$"""{"prompt": "a", "answer": "2"}""" + "\n" + line));
        Assert.StartsWith($"{_folder.File("suite.jsonl")}:2: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Single(refused.Message.Split(".jsonl:2:")[1..]);
    }

    [Fact]
    public void Read_NothingOrNoFile_IsRefused()
    {
        Assert.Contains("holds no examples", Assert.Throws<LabException>(() => Read("")).Message, StringComparison.Ordinal);
        Assert.Throws<LabException>(() => SuiteFile.Read(_folder.File("nothing.jsonl")));
    }

    [Fact]
    public void Hash_AnythingThatMatters_ChangesIt()
    {
        EvaluationExample example = new("t", [new("user", "a")], "b", Checkers.Exact);
        Assert.Equal(example.Hash, (example with { Task = "u", Messages = [new("user", "a")] }).Hash);
        EvaluationExample[] others =
        [
            example with { Answer = "c" }, example with { Checker = Checkers.Contains }, example with { Messages = [new("user", "c")] },
            example with { Messages = [new("system", "a")] },
        ];
        Assert.Equal(5, others.Append(example).Select(each => each.Hash).Distinct().Count());
    }

    private IReadOnlyList<EvaluationExample> Read(string lines) => SuiteFile.Read(_folder.Write("suite.jsonl", lines));
}
