using System.Runtime.CompilerServices;

namespace AdaptiveServe.Tests;

/// <summary>Finds the real inputs (checkpoints with golden vectors, tokenizers, texts) that lie in <c>shared/data</c> beside the repository.</summary>
internal static class SharedData
{
    /// <summary>The folder, or null when it is absent; <c>ADAPTIVESERVE_TEST_DATA</c> names another place.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>The full path of a file or folder in it; skips the running test, visibly, when it is absent.</summary>
    public static string Path(string relative)
    {
        Assert.SkipWhen(Root is null, "the folder shared/data beside the repository is absent");
        string path = System.IO.Path.Combine(Root!, relative);
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"shared/data/{relative} is absent");
        return path;
    }

    private static string? FindRoot([CallerFilePath] string source = "")
    {
        string repository = System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(source)!, "../.."));
        string path = Environment.GetEnvironmentVariable("ADAPTIVESERVE_TEST_DATA")
            ?? System.IO.Path.Combine(repository, "../shared/data");
        return Directory.Exists(path) ? System.IO.Path.GetFullPath(path) : null;
    }
}
