using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>A task that turns a list into another one.</summary>
/// <param name="name">Its name.</param>
/// <param name="phrasings">With the slots <c>{list}</c> and <c>{kind}</c>; the intro ends before the work.</param>
internal abstract class ListTask(string name, Phrasing[] phrasings) : IDemoTask
{
    public string Name { get; } = name;

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        ItemList list = Draw(random, difficulty);
        Phrasing phrasing = random.Pick(phrasings);
        Question question = Wording.Word(random, phrasing.Request.Fill("kind", list.Kind).Fill("list", list.Text));
        (string work, ItemList result) = Solve(list);
        string response = $"{question.Opening}{phrasing.Intro.Fill("kind", list.Kind)}{work}: {result.Text}";
        return new DemoExample(Name, question.Prompt, response, result.Text, Checkers.List);
    }

    protected abstract ItemList Draw(Random random, Difficulty difficulty);

    /// <summary>What the reply says after its intro and before the colon, and the list after that.</summary>
    protected abstract (string Work, ItemList Result) Solve(ItemList list);
}
