using System.CommandLine;

namespace AdaptiveServe.Lab.CommandLine;

/// <summary>A command whose help ends with an example.</summary>
internal sealed class Verb(string name, string description, string example) : Command(name, description)
{
    /// <summary>A verb that does nothing but gather others, such as <c>export</c>.</summary>
    public Verb(string name, string description, params IReadOnlyList<Verb> verbs)
        : this(name, description, verbs[0].Example)
    {
        foreach (Verb verb in verbs) Add(verb);
    }

    /// <summary>What can be typed after the program's name.</summary>
    public string Example { get; } = example;

    /// <summary>Its name as it is typed, that of the verb around it first.</summary>
    public string FullName => Parents.OfType<Verb>().SingleOrDefault() is { } group ? $"{group.FullName} {Name}" : Name;
}
