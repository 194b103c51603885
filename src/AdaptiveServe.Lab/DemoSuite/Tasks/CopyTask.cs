namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Says a list again.</summary>
internal sealed class CopyTask() : ListTask("copy", Phrasings)
{
    private static readonly Phrasing[] Phrasings =
    [
        new("copy this list: {list}", "Here is a copy of your list"),
        new("copy these {kind}: {list}", "Here is a copy of the {kind}"),
        new("repeat this list: {list}", "I repeat the list"),
        new("repeat the {kind} {list}", "I repeat the {kind}"),
        new("repeat after me: {list}", "I repeat the list after you"),
        new("say this again: {list}", "I say the list again"),
        new("write down these {kind}: {list}", "I wrote down the {kind}"),
        new("echo {list}", "Here is the echo of it"),
        new("give me back this list: {list}", "Here is your list again"),
        new("write the same list: {list}", "This is the same list"),
        new("copy {list}", "Here is a copy of it"),
        new("show me the {kind} {list} once more", "Here are the {kind} once more"),
        new("!copy: {list}", "Here is a copy of it"),
        new("!repeat: {list}", "I repeat the {kind}"),
    ];

    protected override ItemList Draw(Random random, Difficulty difficulty) => ItemList.Distinct(random, difficulty);

    protected override (string Work, ItemList Result) Solve(ItemList list) => ("", list);
}
