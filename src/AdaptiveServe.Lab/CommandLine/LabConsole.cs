using Spectre.Console;

namespace AdaptiveServe.Lab.CommandLine;

/// <summary>Tables and bars on a writer of the command line.</summary>
internal static class LabConsole
{
    private const int WideColumns = 200;

    public static IAnsiConsole On(TextWriter output) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });

    /// <summary>For tables of many columns: in a file or a pipe they are not folded to the width of an old screen.</summary>
    public static IAnsiConsole WideOn(TextWriter output)
    {
        IAnsiConsole console = On(output);
        if (!console.Profile.Out.IsTerminal) console.Profile.Width = WideColumns;
        return console;
    }
}
