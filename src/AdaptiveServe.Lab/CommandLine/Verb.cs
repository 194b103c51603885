using System.CommandLine;

namespace AdaptiveServe.Lab.CommandLine;

/// <summary>A command whose help ends with an example.</summary>
internal sealed class Verb(string name, string description, string example) : Command(name, description)
{
    /// <summary>What can be typed after the program's name.</summary>
    public string Example { get; } = example;
}
