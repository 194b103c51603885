using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>The folders of a pair of models.</summary>
internal sealed record PairFolders(string Large, string Small)
{
    /// <param name="model">Folder of the large model, or <c>demo</c>.</param>
    /// <param name="small">Folder of the small one; null with <c>demo</c>.</param>
    /// <exception cref="LabException">Half of a pair is missing.</exception>
    public static PairFolders Find(string model, string? small)
    {
        if (model != DemoPair.Name)
            return new PairFolders(model, small ?? throw new LabException("--small-model is needed: drafts are of a small model"));
        if (small is not null) throw new LabException("--model demo brings its own small model: --small-model means nothing");
        DemoPair pair = DemoPair.Find() ?? throw new LabException(
            "the demo pair is not there: models/demo/large and models/demo/small are neither beside the program nor here or above");
        return new PairFolders(pair.Large, pair.Small);
    }
}
