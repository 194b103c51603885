using Spectre.Console;

namespace AdaptiveServe.Lab.CommandLine;

/// <summary>Tables and bars on a writer of the command line.</summary>
internal static class LabConsole
{
    public static IAnsiConsole On(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
}
