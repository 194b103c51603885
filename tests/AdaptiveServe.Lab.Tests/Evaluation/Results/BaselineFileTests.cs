using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Results;

namespace AdaptiveServe.Lab.Tests.Evaluation.Results;

public sealed class BaselineFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"results": null}""")]
    [InlineData("""{"results": [{"task": null, "prompt_hash": "a", "correct": true}]}""")]
    [InlineData("""{"results": [{"task": "t", "prompt_hash": "a", "correct": 1}]}""")]
    public void Read_OtherFile_IsRefused(string content)
    {
        string path = _folder.Write("report.json", content);
        LabException refused = Assert.Throws<LabException>(() => BaselineFile.Read(path));
        Assert.StartsWith($"{path}: is no report of 'eval'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    public void EnsureSame_ResultsWithoutHash_AreRefused(string result)
    {
        BaselineFile baseline = BaselineFile.Read(_folder.Write("report.json", $$"""{"results": [{{result}}]}"""));
        Assert.Throws<LabException>(() => baseline.EnsureSame(TinyExamples.Create(1)));
    }
}
