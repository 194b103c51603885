using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Tests.Scoring;

public sealed class JsonCheckerTests
{
    private const string Answer = """{"name": "Tom", "age": 7}""";

    [Theory]
    [InlineData("""{"name": "Tom", "age": 7}""")]
    [InlineData("""{"age":7.0,"name":"\u0054om"}""")]
    [InlineData("Here it is:\n```json\n{\"name\": \"Tom\", \"age\": 7}\n```\nDone.")]
    [InlineData("""A set {x}: {"name": "Tom", "age": 7}""")]
    public void Passes_EqualValue_IsTrue(string reply) => Assert.True(Checkers.Json.Passes(reply, Answer));

    [Theory]
    [InlineData("""{"name": "Tom", "age": "7"}""")]
    [InlineData("""{"name": "Tom"}""")]
    [InlineData("""{"name": "Tom", "age": 7, "x": null}""")]
    [InlineData("""{"name": "Tom", "age": 8, "age": 7}""")]
    [InlineData("""{"name": "Tom", "age": 7""")]
    [InlineData("""{"other": 1} {"name": "Tom", "age": 7}""")]
    [InlineData("no object")]
    public void Passes_OtherValue_IsFalse(string reply) => Assert.False(Checkers.Json.Passes(reply, Answer));

    [Theory]
    [InlineData(" 7.0 ", "7", true)]
    [InlineData("7 8", "7", false)]
    [InlineData("x [1, 2]", "[1,2]", true)]
    [InlineData("[2, 1]", "[1,2]", false)]
    public void Passes_OtherKinds_AreComparedToo(string reply, string answer, bool expected) =>
        Assert.Equal(expected, Checkers.Json.Passes(reply, answer));

    [Fact]
    public void Passes_AnswerThatIsNoJson_Throws() => Assert.Throws<LabException>(() => Checkers.Json.Passes("{}", "{"));
}
