namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>A list from its end.</summary>
internal sealed class ReverseTask() : ListTask("reverse", Phrasings)
{
    private static readonly Phrasing[] Phrasings =
    [
        new("reverse this list: {list}", "I start with the last item and go back to the first. The reversed list"),
        new("reverse these {kind}: {list}", "I start with the last one and go back to the first. The reversed {kind}"),
        new("reverse {list}", "I go from the last to the first. Reversed"),
        new("reverse the order of {list}", "I go from the last to the first. In reverse order"),
        new("turn this list around: {list}", "I turn the list around, the last item first. The result"),
        new("write these {kind} backwards: {list}", "I write the {kind} backwards, the last one first. Backwards"),
        new("say {list} in reverse order", "I go from the last to the first. In reverse order"),
        new("list the {kind} {list} from last to first", "I list the {kind}. From last to first"),
        new("give me these {kind} in reverse: {list}", "I begin with the last of the {kind}. In reverse"),
        new("what is the reverse of {list}", "I go from the last to the first. The reverse"),
        new("what is {list} in reverse order", "I go from the last to the first. In reverse order"),
        new("how does the list {list} look backwards", "I go from the last item to the first. Backwards"),
        new("!reverse: {list}", "I go from the last to the first. Reversed"),
        new("!{list} backwards, please", "I go from the last to the first. Backwards"),
    ];

    protected override ItemList Draw(Random random, Difficulty difficulty) => ItemList.Distinct(random, difficulty);

    protected override (string Work, ItemList Result) Solve(ItemList list) => ("", list.With(list.Items.Reverse()));
}
