namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>A list without what came before in it.</summary>
internal sealed class UniqueTask() : ListTask("unique", Phrasings)
{
    private static readonly Phrasing[] Phrasings =
    [
        new("remove the duplicates from this list: {list}", "I go through the list and keep what is new: "),
        new("remove duplicates: {list}", "I go through the list and keep what is new: "),
        new("remove the repeated {kind} from {list}", "I look at each of the {kind} and keep what is new: "),
        new("delete the duplicates in {list}", "I go through it and keep what is new: "),
        new("drop the repeated items: {list}", "I go through the items and keep what is new: "),
        new("list the unique {kind}: {list}", "I look at each of the {kind} and keep what is new: "),
        new("list the unique {kind} in {list}", "I look at each of the {kind} and keep what is new: "),
        new("show each of these {kind} only once: {list}", "I look at each of the {kind} and keep what is new: "),
        new("keep only the first of each: {list}", "I go through it and keep what is new: "),
        new("give me the distinct {kind} of {list}", "I look at each of the {kind} and keep what is new: "),
        new("make this list unique: {list}", "I go through the list and keep what is new: "),
        new("what are the unique {kind} in {list}", "I look at each of the {kind} and keep what is new: "),
        new("which different {kind} are in {list}", "I look at each of the {kind} and keep what is new: "),
        new("what is {list} without duplicates", "I go through it and keep what is new: "),
        new("!unique: {list}", "I keep what is new: "),
        new("!{list} without duplicates", "I keep what is new: "),
    ];

    protected override ItemList Draw(Random random, Difficulty difficulty) => ItemList.WithRepeats(random, difficulty);

    protected override (string Work, ItemList Result) Solve(ItemList list)
    {
        HashSet<string> seen = [];
        string walk = string.Join(", ", list.Items.Select(item => $"{item} {(seen.Add(item) ? "new" : "again")}"));
        return ($"{walk}. Without duplicates", list.With(list.Items.Distinct()));
    }
}
