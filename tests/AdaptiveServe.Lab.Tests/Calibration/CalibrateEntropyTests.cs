using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Tests.Evaluation;
using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Tests.Calibration;

public sealed class CalibrateEntropyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(), _large = RandomModel.Create(), _small = RandomModel.Create(seed: 2);

    public void Dispose()
    {
        _folder.Dispose();
        _large.Dispose();
        _small.Dispose();
    }

    [Fact]
    public async Task Calibrate_File_WritesACurveThatTheLargeModelEnds()
    {
        await WriteSuiteAsync(24);
        LabRun run = await CalibrateAsync("--default-quality", "0.9");
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        EntropyCalibration calibration = EntropyCalibration.Find(_large.Path, _small.Path)!;
        Assert.Equal(("suite.jsonl", 12, 0.9), (calibration.Suite, calibration.Examples, calibration.DefaultQuality));
        Assert.True(calibration.Points.Count >= 3, run.Output);
        CalibrationPoint first = calibration.Points[0], last = calibration.Points[^1];
        Assert.Equal((0.0, 1e12), (first.GeneratedByLarge, first.Threshold));
        Assert.Equal((1.0, 1.0, 1.0, -1.0), (last.Quality, last.Accuracy, last.GeneratedByLarge, last.Threshold));
        Assert.All(calibration.Points, point => Assert.InRange(point.ProcessedByLarge, point.GeneratedByLarge, 1));
        Assert.True(first.Quality < 1); // else nothing was to be had
        Assert.Contains("for a quality of 0.9: threshold", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_Quality_IsTheCalibratedSetting()
    {
        await WriteSuiteAsync(24);
        Assert.Equal(ExitCode.Success, (await CalibrateAsync()).Code);
        EntropyCalibration calibration = EntropyCalibration.Find(_large.Path, _small.Path)!;
        Assert.Contains(calibration.Points, point => point.Replace && point.GeneratedByLarge is > 0 and < 1);
        double quality = calibration.Points[^2].Quality;
        string adaptive = new JsonObject { ["quality"] = quality }.ToJsonString();
        foreach (string[] how in (string[][])[["--json"], ["--compare", "--json"]])
        {
            LabRun run = await LabRun.InvokeAsync(["eval", "--model", _large.Path, "--small-model", _small.Path, "--suite",
                _folder.File("suite.jsonl"), "--threads", "1", "--max-tokens", "12", "--adaptive", adaptive, .. how, _folder.File("out.json")]);
            Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        }

        CalibrationPoint picked = calibration.Pick(quality);
        JsonNode[] rows = [.. JsonNode.Parse(File.ReadAllText(_folder.File("out.json")))!["rows"]!.AsArray().Select(row => row!)];
        JsonNode row = Assert.Single(rows, row => row["over"] is not null);
        Assert.Equal(picked.Replace ? "entropy, replacing" : "entropy", (string)row["method"]!);
        string setting = FormattableString.Invariant($"threshold {picked.Threshold:0.####}, window {picked.Window}, dwell {picked.MinDwell}");
        Assert.Equal(setting, (string)row["setting"]!);
    }

    [Fact]
    public async Task Calibrate_Again_GivesTheSame()
    {
        await WriteSuiteAsync(16);
        Assert.Equal(ExitCode.Success, (await CalibrateAsync("--criterion", "margin", "--concurrency", "3")).Code);
        string first = File.ReadAllText(_large.File(EntropyCalibration.FileName));
        Assert.Equal(ExitCode.Success, (await CalibrateAsync("--criterion", "margin", "--concurrency", "8")).Code);
        Assert.Equal(first, File.ReadAllText(_large.File(EntropyCalibration.FileName)));
        Assert.Contains("\"margin\"", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calibrate_LargeModelNeverRight_FailsAndWritesNothing()
    {
        _folder.Write("suite.jsonl", string.Join('\n', Enumerable.Range(0, 6).Select(i => Line(TinyExamples.Prompt(i), "!"))));
        LabRun run = await CalibrateAsync();
        Assert.Equal((ExitCode.Failure, ""), (run.Code, run.Output));
        Assert.Contains("never right", run.ErrorLine, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_large.File("adaptive")));
    }

    [Fact]
    public async Task Find_AfterTheModelChanged_IsRefused()
    {
        await WriteSuiteAsync(8);
        Assert.Equal(ExitCode.Success, (await CalibrateAsync()).Code);
        using TemporaryFolder other = RandomModel.Create(seed: 3);
        Assert.Throws<ModelLoadException>(() => EntropyCalibration.Find(_large.Path, other.Path));
    }

    [Theory]
    [InlineData("--model", "m"), InlineData("--model", "demo", "--small-model", "s"), InlineData("--model", "m", "--small-model", "s", "--limit", "1")]
    [InlineData("--model", "m", "--small-model", "s", "--criterion", "colour"), InlineData("--model", "m", "--small-model", "s", "--default-quality", "1.1")]
    public async Task Calibrate_MeaninglessOptions_IsAUsageError(params string[] options)
    {
        LabRun run = await LabRun.InvokeAsync(["calibrate", "entropy", "--suite", "demo", "--out", "x", .. options]);
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
    }

    /// <summary>What the large model replies is right, so that the small one mostly is not.</summary>
    private async Task WriteSuiteAsync(int count)
    {
        string[] prompts = [.. Enumerable.Range(0, count).Select(TinyExamples.Prompt)];
        _folder.Write("suite.jsonl", string.Join('\n', prompts.Select(prompt => Line(prompt, "a"))));
        LabRun run = await LabRun.InvokeAsync("eval", "--model", _large.Path, "--suite", _folder.File("suite.jsonl"), "--threads", "1",
            "--max-tokens", "12", "--answers", _folder.File("replies.jsonl"));
        Assert.Equal(ExitCode.Success, run.Code);
        IEnumerable<string> replies = File.ReadAllLines(_folder.File("replies.jsonl")).Select(line => (string)JsonNode.Parse(line)!["reply"]!);
        _folder.Write("suite.jsonl", string.Join('\n', prompts.Zip(replies, (prompt, reply) => Line(prompt, reply.Trim()))));
    }

    private static string Line(string prompt, string answer) => new JsonObject { ["prompt"] = prompt, ["answer"] = answer }.ToJsonString();

    private Task<LabRun> CalibrateAsync(params string[] options) => LabRun.InvokeAsync(["calibrate", "entropy", "--model", _large.Path, "--small-model",
        _small.Path, "--suite", _folder.File("suite.jsonl"), "--out", _large.Path, "--threads", "1", "--max-tokens", "12", .. options]);
}
