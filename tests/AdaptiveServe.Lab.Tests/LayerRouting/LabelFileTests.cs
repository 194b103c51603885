using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.LayerRouting.Search;

namespace AdaptiveServe.Lab.Tests.LayerRouting;

public sealed class LabelFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("labels.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_Again_KnowsWhatWasAddedAndDropsHalfALine()
    {
        using (LabelFile file = LabelFile.Open(Path, "model", isSure: false)) file.Add(new PathLabel("a", "task", true, 7, [[0, 2]]));
        File.AppendAllText(Path, """{"hash": "b", "task": "ta""");
        using (LabelFile file = LabelFile.Open(Path, "model", isSure: false))
        {
            PathLabel known = Assert.Single(file.Known).Value;
            Assert.Equal(("a", "task", true, 7), (known.Hash, known.Task, known.IsWholeRight, known.Tried));
            Assert.Equal([[0, 2]], known.Paths);
            file.Add(new PathLabel("b", "task", false, 9, []));
        }

        using LabelFile all = LabelFile.Open(Path, "model", isSure: false);
        Assert.Equal(["a", "b"], all.Known.Keys.Order());
    }

    [Fact]
    public void Open_OfAnotherModel_IsRefused()
    {
        LabelFile.Open(Path, "one", isSure: false).Dispose();
        string message = Assert.Throws<LabException>(() => LabelFile.Open(Path, "two", isSure: false)).Message;
        Assert.Contains("one", message, StringComparison.Ordinal);
        Assert.Contains("two", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfOtherPaths_IsRefused()
    {
        LabelFile.Open(Path, "model", isSure: true).Dispose();
        LabelFile.Open(Path, "model", isSure: true).Dispose();
        Assert.Contains("--paths", Assert.Throws<LabException>(() => LabelFile.Open(Path, "model", isSure: false)).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("x"), InlineData("[]")]
    public void Open_SomethingElse_IsRefusedAndStays(string text)
    {
        File.WriteAllText(Path, text);
        Assert.Throws<LabException>(() => LabelFile.Open(Path, "model", isSure: false));
        Assert.Equal(text, File.ReadAllText(Path));
    }
}
