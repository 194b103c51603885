using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.LayerRouting;
using AdaptiveServe.Lab.Speculation;
using AdaptiveServe.Lab.Training.Demo;

namespace AdaptiveServe.Lab.Training;

/// <summary>What can be trained, a verb each.</summary>
internal static class TrainCommand
{
    public static Verb Create() => new("train", "Trains models and learned parts.",
        TrainDemoPairCommand.Create(), TrainAcceptanceHeadCommand.Create(), TrainLayerRoutersCommand.Create());
}
