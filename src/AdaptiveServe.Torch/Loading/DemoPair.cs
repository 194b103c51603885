namespace AdaptiveServe.Torch.Loading;

/// <summary>The pair of models that comes with the project.</summary>
/// <param name="Large">Folder of the large model.</param>
/// <param name="Small">Folder of the small model.</param>
public sealed record DemoPair(string Large, string Small)
{
    /// <summary>What stands for the pair where a folder is expected.</summary>
    public const string Name = "demo";

    private static readonly string Place = Path.Combine("models", Name);

    /// <summary>
    /// Looks for <c>models/demo</c> beside the executable, then in the current folder and those above it; null when it is nowhere.
    /// </summary>
    public static DemoPair? Find() => Find(AppContext.BaseDirectory, Directory.GetCurrentDirectory());

    internal static DemoPair? Find(string executableFolder, string currentFolder)
    {
        if (At(executableFolder) is { } beside) return beside;
        for (DirectoryInfo? folder = new(currentFolder); folder is not null; folder = folder.Parent)
        {
            if (At(folder.FullName) is { } found) return found;
        }

        return null;
    }

    /// <summary>Half a pair is none: whoever looks further finds a whole one, or learns that there is none.</summary>
    private static DemoPair? At(string folder)
    {
        DemoPair pair = new(Path.Combine(folder, Place, "large"), Path.Combine(folder, Place, "small"));
        return IsModel(pair.Large) && IsModel(pair.Small) ? pair : null;
    }

    private static bool IsModel(string folder) => File.Exists(Path.Combine(folder, "config.json"));
}
