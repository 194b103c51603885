using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Tests.Scoring;

public sealed class ExpressionCheckerTests
{
    [Theory]
    [InlineData("3+7=10, no. Answer: 2*3+7=13")]
    [InlineData("2*3+7")]
    [InlineData("7 + (3 * 2) = 13.")]
    [InlineData("13 = 3*2 + 7")]
    [InlineData("It is\n- 3*2+7 = 13")]
    public void Passes_EachNumberOnceToTheTarget_IsTrue(string reply) => Assert.True(Checkers.Expression.Passes(reply, "3 7 2 = 13"));

    [Theory]
    [InlineData("3*2+7=14")]
    [InlineData("3+7+3=13")]
    [InlineData("3+7+2=12")]
    [InlineData("6+7=13")]
    [InlineData("3*2+7+0=13")]
    [InlineData("3*2=6+7=13")]
    [InlineData("3*2+7=13, or 3+7=10")]
    [InlineData("13")]
    [InlineData("3*2+(7=13")]
    [InlineData("32-7")]
    public void Passes_AnythingElse_IsFalse(string reply) => Assert.False(Checkers.Expression.Passes(reply, "3 7 2 = 13"));

    [Fact]
    public void Passes_Quotients_AreExact()
    {
        Assert.True(Checkers.Expression.Passes("8/(3-8/3)=24", "8 8 3 3 = 24"));
        Assert.False(Checkers.Expression.Passes("7/2=3", "7 2 = 3"));
        Assert.False(Checkers.Expression.Passes("5/(2-2)=1", "5 2 2 = 1"));
    }

    [Theory]
    [InlineData("13")]
    [InlineData("3 7 2")]
    [InlineData("3 x = 13")]
    [InlineData("= 13")]
    public void Passes_AnswerOfAnotherForm_Throws(string answer) =>
        Assert.Throws<LabException>(() => Checkers.Expression.Passes("3*2+7", answer));
}
