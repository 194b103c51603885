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
        using (LabelFile file = LabelFile.Open(Path, "model")) file.Add(new PathLabel("a", "task", true, 7, [[0, 2]]));
        File.AppendAllText(Path, """{"hash": "b", "task": "ta""");
        using (LabelFile file = LabelFile.Open(Path, "model"))
        {
            PathLabel known = Assert.Single(file.Known).Value;
            Assert.Equal(("a", "task", true, 7), (known.Hash, known.Task, known.IsWholeRight, known.Tried));
            Assert.Equal([[0, 2]], known.Paths);
            file.Add(new PathLabel("b", "task", false, 9, []));
        }

        using LabelFile all = LabelFile.Open(Path, "model");
        Assert.Equal(["a", "b"], all.Known.Keys.Order());
    }

    [Fact]
    public void Open_OfAnotherModel_IsRefused()
    {
        LabelFile.Open(Path, "one").Dispose();
        string message = Assert.Throws<LabException>(() => LabelFile.Open(Path, "two")).Message;
        Assert.Contains("one", message, StringComparison.Ordinal);
        Assert.Contains("two", message, StringComparison.Ordinal);
    }

    [Theory, InlineData("x"), InlineData("[]")]
    public void Open_SomethingElse_IsRefusedAndStays(string text)
    {
        File.WriteAllText(Path, text);
        Assert.Throws<LabException>(() => LabelFile.Open(Path, "model"));
        Assert.Equal(text, File.ReadAllText(Path));
    }
}
