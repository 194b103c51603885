using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Tests.CommandLine;

public class OneLineTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(" two\r\nlines\u2028more\n", "two lines more")]
    [InlineData("one of:\n\t'a'\n\t'b'", "one of: 'a' 'b'")]
    [InlineData("bell\u0007", "bell\\u0007")]
    public void Of_AnyText_IsOneLine(string text, string line) => Assert.Equal(line, OneLine.Of(text));

    [Fact]
    public void Of_LongText_IsCut() => Assert.Equal(new string('x', 600) + "...", OneLine.Of(new string('x', 10_000)));
}
