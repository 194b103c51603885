using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>Finds the folders that a command line names.</summary>
internal static class ModelFolders
{
    /// <param name="model">A folder, or <c>demo</c> for the pair that comes with the project.</param>
    /// <param name="small">Folder of the small model, unless it is the demo pair's.</param>
    /// <param name="threads">0 takes all cores.</param>
    /// <exception cref="LabException">The demo pair is not there.</exception>
    public static TorchRunnerOptions Find(string model, string? small, int threads)
    {
        if (model != DemoPair.Name) return new TorchRunnerOptions { Model = model, SmallModel = small, Threads = threads };
        DemoPair pair = DemoPair.Find() ?? throw new LabException(
            "the demo pair is not there: models/demo/large and models/demo/small are neither beside the program nor here or above");
        return new TorchRunnerOptions { Model = pair.Large, SmallModel = pair.Small, Threads = threads };
    }
}
