using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace AdaptiveServe.Lab.CommandLine;

/// <summary>The usual help, and the example of a verb after it.</summary>
internal sealed class VerbHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true; // help helps most where the rest of the line is wrong

    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not Verb verb) return code;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Example:");
        output.WriteLine($"  {LabCommandLine.Name} {verb.Example}");
        output.WriteLine();
        return code;
    }
}
