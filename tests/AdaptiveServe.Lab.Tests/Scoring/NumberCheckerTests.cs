using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Tests.Scoring;

public sealed class NumberCheckerTests
{
    [Theory]
    [InlineData("So 7+5=12.", "12")]
    [InlineData("It is 1,234 in total", "1234")]
    [InlineData("It is 1,234,567.50 in total", "1234567.5")]
    [InlineData("The answer is -5.", "-5")]
    [InlineData("The answer is \u22125", "-5")]
    [InlineData("-$5", "-5")]
    [InlineData("10 - 5", "5")]
    [InlineData("10-5", "5")]
    [InlineData("(3)-5", "5")]
    [InlineData("You pay $12.00.", "12")]
    [InlineData("007", "7")]
    [InlineData("half is .5", "0.5")]
    [InlineData("-0", "0")]
    [InlineData("1, 2, 3", "3")]
    [InlineData("1,2", "2")]
    [InlineData("#### 42", "42")]
    [InlineData("She has 3 cats.\n#### 1,042", "6*7=42 and more\n#### 1042")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    public void Passes_SameLastNumber_IsTrue(string reply, string answer) => Assert.True(Checkers.Number.Passes(reply, answer));

    [Theory]
    [InlineData("12 and then 13", "12")]
    [InlineData("no number", "12")]
    [InlineData("", "0")]
    [InlineData("120", "12")]
    [InlineData("1.2", "12")]
    [InlineData("5", "-5")]
    [InlineData("-5", "5")]
    [InlineData("1,2345", "12345")]
    [InlineData("123456789012345678901234567891", "123456789012345678901234567890")]
    public void Passes_OtherLastNumber_IsFalse(string reply, string answer) => Assert.False(Checkers.Number.Passes(reply, answer));

    [Fact]
    public void Passes_AnswerWithoutNumber_Throws() => Assert.Throws<LabException>(() => Checkers.Number.Passes("1", "one"));
}
