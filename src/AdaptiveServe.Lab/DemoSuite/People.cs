namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>The names of people, and the pronouns that go with them.</summary>
internal static class People
{
    public static IReadOnlyList<string> Names { get; } =
    [.. ("Anna Ben Carla David Emma Frank Grace Henry Ida Jack Kate Leo Mia Noah Olga Paul Rosa Sam Tina Victor Wendy Adam Bella Chris " +
        "Dora Eric Fiona George Helen Ivan Julia Karl Laura Max Nina Oscar Petra Ron Sara Tom").Split(' ')];

    private static readonly HashSet<string> Men =
    [.. "Ben David Frank Henry Jack Leo Noah Paul Sam Victor Adam Chris Eric George Ivan Karl Max Oscar Ron Tom".Split(' ')];

    public static string Pronoun(string name) => Men.Contains(name) ? "he" : "she";
}
