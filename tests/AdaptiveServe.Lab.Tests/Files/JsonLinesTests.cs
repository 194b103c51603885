using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Tests.Files;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public void Read_WithOrWithoutLastLineBreak_GivesAllLines(string end)
    {
        string path = _folder.Write("lines", "\uFEFF{\"text\": \"é\"}\r\n{\"text\": \"\\ud83d\\ude00\"}" + end);
        Assert.Equal([(1, "é"), (2, "😀")], JsonLines.Read(path).Select(line => (line.Number, line.RequiredText("text"))));
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{\"text\": 1", "not valid JSON")]
    [InlineData("{\"text\": 1}", "'text' is not a string")]
    [InlineData("{\"tekst\": \"a\"}", "'text' is missing")]
    [InlineData("{\"text\": \"a\", \"text\": \"b\"}", "not valid JSON")]
    [InlineData("{\"text\": \"\\ud800\"}", "not valid JSON")]
    [InlineData("{\"text\": \"a\", \"other\": [{\"b\": \"\\udc00\\ud800\"}]}", "not valid JSON")]
    [InlineData("{\"text\": \"a\", \"\\ud800\": 1}", "not valid JSON")]
    public void Read_MalformedLine_NamesFileLineAndReason(string line, string reason)
    {
        string path = _folder.Write("lines", "{\"text\": \"a\"}\n" + line + "\n");
        LabException refused = Assert.Throws<LabException>(() => JsonLines.Read(path).Select(read => read.RequiredText("text")).ToList());
        Assert.StartsWith($"{path}:2: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_InvalidUtf8_IsRefused()
    {
        string path = _folder.File("lines");
        File.WriteAllBytes(path, [.. "{\"text\": \""u8, 0xFF, .. "\"}"u8]);
        LabException refused = Assert.Throws<LabException>(() => JsonLines.Read(path).ToList());
        Assert.EndsWith(":1: is not UTF-8", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EndlessLine_IsRefused()
    {
        string path = _folder.Write("lines", new string(' ', JsonLines.MaxLineLength + 1));
        LabException refused = Assert.Throws<LabException>(() => JsonLines.Read(path).ToList());
        Assert.Contains("is longer than", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_IsRefusedAtOnce() => Assert.Throws<LabException>(() => JsonLines.Read(_folder.File("missing")));

    [Fact]
    public void Convert_FailureInTheMiddle_WritesNothing()
    {
        string from = _folder.Write("lines", "{}\n{}\nno\n");
        Assert.Throws<LabException>(() => JsonLines.Convert(from, _folder.File("out"), line => line.Number, CancellationToken.None));
        Assert.Equal(["lines"], _folder.Names());
    }

    [Fact]
    public void Convert_Cancelled_WritesNothing()
    {
        string from = _folder.Write("lines", "{}\n");
        CancellationToken cancelled = new(canceled: true);
        Assert.Throws<OperationCanceledException>(() => JsonLines.Convert(from, _folder.File("out"), line => line.Number, cancelled));
        Assert.Equal(["lines"], _folder.Names());
    }
}
