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
    /// <param name="adapter">Folder of an adapter of the large model, or null.</param>
    /// <exception cref="LabException">The demo pair is not there.</exception>
    public static TorchRunnerOptions Find(string model, string? small, int threads, string? adapter = null)
    {
        if (model != DemoPair.Name) return new TorchRunnerOptions { Model = model, SmallModel = small, Adapter = adapter, Threads = threads };
        DemoPair pair = DemoPair.Find() ?? throw new LabException(
            "the demo pair is not there: models/demo/large and models/demo/small are neither beside the program nor here or above");
        return new TorchRunnerOptions { Model = pair.Large, SmallModel = pair.Small, Adapter = adapter, Threads = threads };
    }

    /// <summary>The same, for what is about a pair: both folders must be named.</summary>
    /// <inheritdoc cref="Find"/>
    /// <exception cref="LabException">Half of a pair is missing, or the demo pair's own small model is named too.</exception>
    public static (string Large, string Small) FindPair(string model, string? small)
    {
        if (model == DemoPair.Name && small is not null) throw new LabException("--model demo brings its own small model: --small-model means nothing");
        TorchRunnerOptions found = Find(model, small, threads: 0);
        return (found.Model, found.SmallModel ?? throw new LabException("--small-model is needed: drafts are of a small model"));
    }
}
