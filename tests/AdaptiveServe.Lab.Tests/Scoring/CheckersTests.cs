using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Tests.Scoring;

public sealed class CheckersTests
{
    [Fact]
    public void Get_EachName_GivesItsChecker() => Assert.All(Checkers.All, checker => Assert.Same(checker, Checkers.Get(checker.Name)));

    [Theory]
    [InlineData("nothing")]
    [InlineData("Number")]
    [InlineData("")]
    public void Get_UnknownName_SaysWhichThereAre(string name)
    {
        LabException exception = Assert.Throws<LabException>(() => Checkers.Get(name));
        Assert.Contains($"no checker '{name}'; there are exact, number, contains", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" 42\n", "42", true)]
    [InlineData("42.", "42", false)]
    [InlineData("ab", "AB", false)]
    public void Exact_Replies_AreComparedAsTheyAre(string reply, string answer, bool expected) =>
        Assert.Equal(expected, Checkers.Exact.Passes(reply, answer));

    [Theory]
    [InlineData("It is Rome.", "Rome", true)]
    [InlineData("Romeo was there", "Rome", false)]
    [InlineData("Romeo saw Rome", "Rome", true)]
    [InlineData("rome", "Rome", false)]
    [InlineData("demo:large, demo", "demo:large", true)]
    [InlineData("", "Rome", false)]
    [InlineData("anything", "", false)]
    public void Contains_Replies_AreSearchedForWholeWords(string reply, string answer, bool expected) =>
        Assert.Equal(expected, Checkers.Contains.Passes(reply, answer));

    [Theory]
    [InlineData("Monday, Tuesday. So it is Wednesday.", "Wednesday", true)]
    [InlineData("Monday, Tuesday. So it is Wednesday.", "Tuesday", false)]
    [InlineData("First 3.\nTuesday", "Tuesday", true)]
    [InlineData("Tuesday", "Tuesday", true)]
    [InlineData("Tuesday. \n ", "Tuesday", true)]
    [InlineData("", "Tuesday", false)]
    public void Final_Replies_CountByTheirLastSentence(string reply, string answer, bool expected) =>
        Assert.Equal(expected, Checkers.Final.Passes(reply, answer));

    [Theory]
    [InlineData("Sorted: 1 2 3", "1, 2, 3", true)]
    [InlineData("By tens: 3; 12. Sorted: 3, 12.", "3 12", true)]
    [InlineData("3, 12\n", "3 12", true)]
    [InlineData("Sorted: 3 12\nDone, I hope", "3 12", true)]
    [InlineData("Sorted: 12 3", "3 12", false)]
    [InlineData("Sorted: 3 12 12", "3 12", false)]
    [InlineData("Sorted:", "3 12", false)]
    public void List_Replies_CountByWhatFollowsTheLastColon(string reply, string answer, bool expected) =>
        Assert.Equal(expected, Checkers.List.Passes(reply, answer));

    /// <summary>Each of these is quick, or the test would not end.</summary>
    [Fact]
    public void All_HostileReplies_Fail()
    {
        string[] replies =
        [
            "", "\0", "\ud800", new string('9', 1_000_000), string.Concat(Enumerable.Repeat("1,111", 200_000)), new string('[', 1_000_000),
            string.Concat(Enumerable.Repeat("[\"", 500_000)), new string('(', 1_000_000) + "1+2", new string('-', 1_000_000),
            string.Concat(Enumerable.Repeat("3*", 500_000)) + "3",
            string.Concat(Enumerable.Repeat("a. ", 300_000)), new string(' ', 1_000_000),
            string.Concat(Enumerable.Repeat("{\"a\":", 200_000)),
            "{\"a\": 1e999999999}", "{\"a\": \"\\ud800\"}", "99999999999999999999+1=7", "1/0",
        ];
        foreach (string reply in replies)
        {
            Assert.False(Checkers.Exact.Passes(reply, "7"));
            Assert.False(Checkers.Number.Passes(reply, "-8"));
            Assert.False(Checkers.Contains.Passes(reply, "7 7"));
            Assert.False(Checkers.Final.Passes(reply, "7 7"));
            Assert.False(Checkers.List.Passes(reply, "7 7"));
            Assert.False(Checkers.Json.Passes(reply, """{"a": 7}"""));
            Assert.False(Checkers.Expression.Passes(reply, "3 4 = 7"));
        }
    }
}
