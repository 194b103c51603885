using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Calibration;

/// <summary>Finds settings of a method for a pair.</summary>
internal static class CalibrateCommand
{
    public static Verb Create() => new("calibrate", "Finds the settings of a method for a pair, by measurement.", CalibrateEntropyCommand.Create());
}
