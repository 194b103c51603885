using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;

namespace AdaptiveServe.Torch.Tests.Adaptive;

public sealed class EntropyCalibrationTests : IDisposable
{
    private readonly TinyModel _large = new(Configs.Llama), _small = new(Configs.Llama, seed: 2);

    public void Dispose()
    {
        _large.Dispose();
        _small.Dispose();
    }

    [Fact]
    public void Find_NothingThere_IsNull() => Assert.Null(EntropyCalibration.Find(_large.Folder, _small.Folder));

    [Fact]
    public void Find_OfThePair_IsWhatWasWritten()
    {
        EntropyCalibration written = Calibration(ModelFingerprint.Of(_large.Folder, _small.Folder));
        Write(written);
        EntropyCalibration found = EntropyCalibration.Find(_large.Folder, _small.Folder)!;
        Assert.Equal((written.Fingerprint, written.Suite, written.Examples, written.DefaultQuality), (found.Fingerprint, found.Suite, found.Examples, found.DefaultQuality));
        Assert.Equal(written.Points.Select(point => point.ToOptions()), found.Points.Select(point => point.ToOptions()));
        Assert.Equal([0.25, 0.75], found.Points[0].Quality95);
    }

    [Fact]
    public void Find_OfAnotherPair_IsRefusedAndNamesBoth()
    {
        string other = ModelFingerprint.Of(_small.Folder, _large.Folder), own = ModelFingerprint.Of(_large.Folder, _small.Folder);
        Write(Calibration(other));
        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => EntropyCalibration.Find(_large.Folder, _small.Folder));
        Assert.Contains(other, refused.Message, StringComparison.Ordinal);
        Assert.Contains(own, refused.Message, StringComparison.Ordinal);
        Assert.Contains("calibration.json", refused.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(0.3, 1e12), InlineData(0.5, 1e12), InlineData(0.51, 1.5), InlineData(0.97, -1), InlineData(1, -1)]
    public void Pick_Quality_IsTheCheapestThatKeepsIt(double quality, double threshold) =>
        Assert.Equal(threshold, Calibration("").Pick(quality).Threshold);

    [Theory]
    [InlineData(""), InlineData("null"), InlineData("[]"), InlineData("{}"), InlineData("""{"fingerprint": null}""")]
    public void Read_NotACalibration_IsRefused(string json)
    {
        using var folder = new TempFolder();
        folder.Write("calibration.json", json);
        Assert.Throws<ModelLoadException>(() => EntropyCalibration.Read(folder.File("calibration.json")));
    }

    public static TheoryData<string> Faults => ["no points", "no large", "order", "window", "criterion", "quality", "default"];

    [Theory, MemberData(nameof(Faults))]
    public void Read_ValuesOutOfRange_IsRefused(string fault)
    {
        EntropyCalibration good = Calibration("00");
        CalibrationPoint first = good.Points[0], last = good.Points[^1];
        Write(fault switch
        {
            "no points" => good with { Points = [] },
            "no large" => good with { Points = [first] },
            "order" => good with { Points = [first with { GeneratedByLarge = 0.7 }, good.Points[1], last] },
            "window" => good with { Points = [first with { Window = 0 }, last] },
            "criterion" => good with { Points = [first with { Criterion = "colour" }, last] },
            "quality" => good with { Points = [first with { Quality = -1 }, last] },
            _ => good with { DefaultQuality = 1.5 },
        });
        Assert.Throws<ModelLoadException>(() => EntropyCalibration.Read(Path.Combine(_large.Folder, EntropyCalibration.FileName)));
    }

    [Fact]
    public void Fingerprint_OtherWeightsOrOtherOrder_IsAnother()
    {
        string pair = ModelFingerprint.Of(_large.Folder, _small.Folder);
        Assert.Equal(pair, ModelFingerprint.Of(_large.Folder, _small.Folder));
        Assert.Equal(4, new[] { pair, ModelFingerprint.Of(_small.Folder, _large.Folder), ModelFingerprint.Of(_large.Folder, null),
            ModelFingerprint.Of(_large.Folder, _large.Folder) }.Distinct().Count());
    }

    private void Write(EntropyCalibration calibration)
    {
        string path = Path.Combine(_large.Folder, EntropyCalibration.FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream file = File.Create(path);
        calibration.Write(file);
    }

    private static EntropyCalibration Calibration(string fingerprint) => new()
    {
        Fingerprint = fingerprint,
        Suite = "demo",
        Seed = 1,
        Examples = 10,
        DefaultQuality = 0.9,
        Points = [Point(1e12, 0.5, 0), Point(1.5, 0.96, 0.4), Point(-1, 1, 1)],
    };

    private static CalibrationPoint Point(double threshold, double quality, double cost) => new()
    {
        Criterion = "entropy",
        Threshold = threshold,
        Window = 3,
        MinDwell = 4,
        Accuracy = quality,
        Quality = quality,
        Quality95 = [0.25, 0.75],
        GeneratedByLarge = cost,
        ProcessedByLarge = cost,
        Switches = 1,
    };
}
