namespace AdaptiveServe.Lab.CommandLine;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The work could not be done; one line on the error stream says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line means nothing; no work was begun.</summary>
    public const int Usage = 2;

    /// <summary>Interrupted, as shells report it (128 + SIGINT).</summary>
    public const int Cancelled = 130;
}
