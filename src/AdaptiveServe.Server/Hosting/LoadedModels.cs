using System.Globalization;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Server.Hosting;

/// <summary>What the log says about the models that were loaded.</summary>
internal static class LoadedModels
{
    /// <summary>
    /// <c>the demo pair (large: 10 layers, 8.4M parameters; small: …)</c>, or the folders that were named with the same numbers.
    /// </summary>
    public static string Describe(TorchRunnerOptions options, ModelInfo info)
    {
        string adapter = options.Adapter is null ? "" : $" with the adapter {options.Adapter}";
        if (options.Demo == true) return $"the demo pair (large: {Size(info, ModelRole.Large)}; small: {Size(info, ModelRole.Small)}){adapter}";
        string large = $"model {options.Model} ({Size(info, ModelRole.Large)}){adapter}";
        return info.HasSmall ? $"{large}, small model {options.SmallModel} ({Size(info, ModelRole.Small)})" : large;
    }

    private static string Size(ModelInfo info, ModelRole role) =>
        $"{info.Layers(role)} {(info.Layers(role) == 1 ? "layer" : "layers")}, {Short(info.Parameters(role))} parameters";

    /// <summary>Two digits or more: <c>8.4M</c>, <c>260K</c>, <c>7.0B</c>.</summary>
    private static string Short(long count)
    {
        (double value, string unit) = count switch
        {
            >= 1_000_000_000 => (count / 1e9, "B"),
            >= 1_000_000 => (count / 1e6, "M"),
            >= 1_000 => (count / 1e3, "K"),
            _ => (count, ""),
        };
        return value.ToString(unit.Length > 0 && value < 100 ? "F1" : "F0", CultureInfo.InvariantCulture) + unit;
    }
}
