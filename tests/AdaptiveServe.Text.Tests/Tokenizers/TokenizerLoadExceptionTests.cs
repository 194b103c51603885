using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

public class TokenizerLoadExceptionTests
{
    [Fact]
    public void Message_HostileReason_StaysOneLine() => Assert.Equal(
        @"f: a\u000ab\u000d\u2028\u0000\u001b", new TokenizerLoadException("f", "a\nb\r\u2028\0\u001b").Message);

    [Fact]
    public void Message_EndlessReason_IsCut()
    {
        string message = new TokenizerLoadException("f", new string('x', 1_000_000)).Message;
        Assert.InRange(message.Length, 600, 610);
        Assert.EndsWith("...", message);
    }
}
