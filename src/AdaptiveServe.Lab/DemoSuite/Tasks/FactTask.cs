namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Questions about the project itself.</summary>
internal sealed class FactTask : IDemoTask
{
    /// <summary>What the project is called in a question.</summary>
    private static readonly string[] Names =
    [
        "AdaptiveServe", "AdaptiveServe", "AdaptiveServe", "adaptiveserve", "this server", "this project", "the server",
    ];

    public string Name => "facts";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        ProjectFact fact = random.Pick(ProjectFact.All);
        Question question = Wording.Word(random, random.Pick(fact.Questions).Fill("it", random.Pick(Names)));
        return Talk.Example(Name, question.Prompt, question.Opening + fact.Reply, fact.Key);
    }
}
