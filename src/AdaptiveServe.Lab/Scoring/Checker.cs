namespace AdaptiveServe.Lab.Scoring;

/// <summary>
/// Decides whether a reply gives the answer. Replies come from a model and may be anything; no reply makes it throw or take long.
/// </summary>
internal abstract class Checker(string name)
{
    /// <summary>How files name it.</summary>
    public string Name { get; } = name;

    /// <param name="reply">All that the model said.</param>
    /// <param name="answer">What is right, in the form that this checker reads.</param>
    /// <exception cref="CommandLine.LabException">The answer does not have that form.</exception>
    public abstract bool Passes(string reply, string answer);

    public override string ToString() => Name;
}
