using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Export.Gguf;

namespace AdaptiveServe.Lab.Export;

/// <summary>Models in the formats of other programs, a verb for each.</summary>
internal static class ExportCommand
{
    public static Verb Create() => new("export", "Writes a model in the format of another program.", GgufCommand.Create());
}
