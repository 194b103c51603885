using System.Text.Json;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Adaptive;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Torch.Adaptive;

namespace AdaptiveServe.Server.Tests.OpenAI.Adaptive;

/// <summary>Requests that ask for a share of the large model's quality.</summary>
public class QualityTests(PairServer pair)
{
    private readonly TestServer _pair = pair.Server;

    private ServedModel Calibrated => _pair.Model with { Calibration = Calibration() };

    [Theory, InlineData(0.5, 1e12), InlineData(0.6, 2.5), InlineData(0.95, 2.5), InlineData(0.97, 1.5), InlineData(1, -1)]
    public void Read_Quality_IsTheCheapestPointThatKeepsIt(double quality, double threshold)
    {
        AdaptiveSettings settings = Read(FormattableString.Invariant($$"""{"quality": {{quality}}}"""));
        Assert.Equal(("entropy", threshold), (settings.Target, settings.Entropy.Threshold));
        Assert.Equal(threshold, settings.Picked!.Threshold);
    }

    [Theory, InlineData(true, null, null), InlineData(true, 0.5, 0.5), InlineData(false, null, 2.5), InlineData(false, 0.5, 0.5)]
    public void Picked_ThresholdDown_IsWhatHolds(bool replace, double? given, double? said)
    {
        PickedSetting picked = PickedSetting.Of(Point(2.5, 0.96, 0.2) with { Replace = replace, ThresholdDown = given })!;
        Assert.Equal((replace, said), (picked.Replace, picked.ThresholdDown));
    }

    [Fact]
    public void Read_EntropyWithoutSettings_TakesTheCalibratedOnes()
    {
        AdaptiveSettings settings = Read("""{"target": "entropy"}""");
        Assert.Equal((2.5, 3, 4), (settings.Entropy.Threshold, settings.Entropy.Window, settings.Entropy.MinDwell));
        Assert.Null(settings.Picked);
        Assert.Equal(new() { Threshold = 0.25 }, Read("""{"target": "entropy", "entropy": {"threshold": 0.25}}""").Entropy);
    }

    [Theory]
    [InlineData("""{"quality": 0.9, "target": "large"}"""), InlineData("""{"quality": 0.9, "entropy": {}}""")]
    [InlineData("""{"quality": 0.9, "target": "cascade"}"""), InlineData("""{"quality": 0.9, "exact": true}""")]
    public void Read_QualityAndWhatContradictsIt_IsRefused(string adaptive) => Assert.Equal(400, Assert.Throws<ApiException>(() => Read(adaptive)).Status);

    [Fact]
    public async Task Quality_NoCalibration_IsRefused()
    {
        foreach (string path in (string[])[Chats.Path, "/v1/completions"])
        {
            (await _pair.PostAsync("""{"messages": [{"role": "user", "content": "x"}], "prompt": "x", "adaptive": {"quality": 0.97}}""", path))
                .ExpectError(400, "invalid_request_error", "no_calibration", "adaptive.quality");
        }
    }

    [Theory, InlineData("0"), InlineData("-0.1"), InlineData("1.01")]
    public async Task Quality_OutOfRange_IsRefused(string quality) =>
        (await _pair.PostAsync($$$"""{"messages": [{"role": "user", "content": "x"}], "adaptive": {"quality": {{{quality}}}}}""", Chats.Path))
            .ExpectError(400, "invalid_request_error", "out_of_range", "adaptive.quality");

    private AdaptiveSettings Read(string adaptive) =>
        AdaptiveFields.Read(JsonElement.Parse($$"""{"adaptive": {{adaptive}}}"""), new AdaptiveSettings(), Calibrated);

    private static EntropyCalibration Calibration() => new()
    {
        Fingerprint = "00",
        Suite = "demo",
        Seed = 1,
        Examples = 10,
        DefaultQuality = 0.9,
        Points = [Point(1e12, 0.5, 0), Point(2.5, 0.96, 0.2), Point(2, 0.955, 0.3), Point(1.5, 0.98, 0.4), Point(-1, 1, 1)],
    };

    private static CalibrationPoint Point(double threshold, double quality, double cost) => new()
    {
        Criterion = "entropy",
        Threshold = threshold,
        Window = 3,
        MinDwell = 4,
        Accuracy = quality,
        Quality = quality,
        Quality95 = [quality, quality],
        GeneratedByLarge = cost,
        ProcessedByLarge = cost,
        Switches = 1,
    };
}
