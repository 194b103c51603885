using System.CommandLine;
using System.CommandLine.Help;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.CommandLine;

/// <summary>Parses a command line, runs its verb, and turns what went wrong into one line and an exit code.</summary>
internal static class LabCommandLine
{
    public const string Name = "adaptiveserve-lab";

    public static async Task<int> InvokeAsync(IEnumerable<Verb> verbs, string[] args, TextWriter output, TextWriter error)
    {
        // An argument that begins with '@' is text here, not the name of a file with more arguments.
        ParseResult parsed = Root(verbs).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (Faults(parsed) is { Count: > 0 } faults) return Refuse(parsed, faults, error);
        try
        {
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, Output = output, Error = error });
        }
        catch (OperationCanceledException)
        {
            error.WriteLine($"{Name}: cancelled");
            return ExitCode.Cancelled;
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            error.WriteLine($"{Name}: {OneLine.Of(exception.Message)}");
            return ExitCode.Failure;
        }
    }

    private static RootCommand Root(IEnumerable<Verb> verbs)
    {
        RootCommand root = new("Measures, inspects and exports what AdaptiveServe serves.");
        foreach (Verb verb in verbs) root.Add(verb);
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new VerbHelp((HelpAction)help.Action!);
        return root;
    }

    private static List<string> Faults(ParseResult parsed)
    {
        List<string> faults = [.. parsed.Errors.Select(fault => fault.Message)];
        if (parsed.Tokens.Any(token => token.Value.Length == 0)) faults.Add("An argument is empty.");
        return faults;
    }

    private static int Refuse(ParseResult parsed, List<string> faults, TextWriter error)
    {
        string verb = parsed.CommandResult.Command is Verb known ? $"{Name} {known.FullName}" : Name;
        error.WriteLine($"{verb}: {OneLine.Of(string.Join(" ", faults))} Help: {verb} --help");
        return ExitCode.Usage;
    }

    /// <summary>Whatever else is thrown is a mistake in this program, and its stack trace is wanted.</summary>
    private static bool IsExpected(Exception exception) => exception
        is LabException or TokenizerLoadException or ModelLoadException or IOException or UnauthorizedAccessException;
}
