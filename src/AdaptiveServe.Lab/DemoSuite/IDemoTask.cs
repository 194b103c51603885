namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>A kind of question that the demo models learn to answer.</summary>
internal interface IDemoTask
{
    string Name { get; }

    /// <summary>Draws a question; the same numbers from <paramref name="random"/> give the same one.</summary>
    DemoExample Generate(Random random, Difficulty difficulty);
}
