using System.CommandLine;
using System.CommandLine.Parsing;

namespace AdaptiveServe.Server.Configuration;

/// <summary>The command line: one flag a setting. Unknown flags are refused.</summary>
internal static class CommandLine
{
    private const int UsageError = 2;

    /// <param name="args">As given to the program.</param>
    /// <param name="run">Runs the server with the configuration entries of the flags that were given; returns the exit code.</param>
    public static async Task<int> InvokeAsync(
        string[] args, Func<IReadOnlyList<KeyValuePair<string, string?>>, CancellationToken, Task<int>> run)
    {
        var command = new RootCommand("AdaptiveServe: an OpenAI-compatible inference server that spends on each token what it needs.");
        (Setting Setting, Option Option)[] options = [.. Settings.All.Select(setting => (setting, ToOption(setting)))];
        foreach ((_, Option option) in options) command.Options.Add(option);
        command.SetAction((parsed, cancellation) => run([.. options.SelectMany(pair => Entries(parsed, pair.Setting, pair.Option))], cancellation));

        ParseResult parsed = command.Parse(args);
        foreach (ParseError error in parsed.Errors) await Console.Error.WriteLineAsync($"{error.Message} --help lists the flags.");
        // Signals are the host's to handle: by default the process would be ended two seconds after one, whatever still runs.
        var untilItEnds = new InvocationConfiguration { ProcessTerminationTimeout = null };
        return parsed.Errors.Count > 0 ? UsageError : await parsed.InvokeAsync(untilItEnds);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Entries(ParseResult parsed, Setting setting, Option option) =>
        parsed.GetResult(option) is { Implicit: false } given ? setting.Entries(Values(given.Tokens, setting)) : [];

    private static IReadOnlyList<string> Values(IReadOnlyList<Token> tokens, Setting setting) =>
        tokens.Count == 0 && setting.IsSwitch ? ["true"] : [.. tokens.Select(token => token.Value)];

    private static Option ToOption(Setting setting)
    {
        string fallback = setting.Default is { Length: > 0 } value ? $" [default: {value}]" : "";
        string description = $"{setting.Description}{fallback} [{setting.Variable}]";
        ArgumentArity arity = setting.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne;
        return setting.IsList
            ? new Option<string[]>(setting.Flag) { HelpName = setting.Value, Description = description, Arity = ArgumentArity.OneOrMore }
            : new Option<string>(setting.Flag) { HelpName = setting.Value, Description = description, Arity = arity };
    }
}
