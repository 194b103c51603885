using System.Globalization;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Numbers from small to large, by their tens one after the other; words by their first letters.</summary>
internal sealed class SortTask() : ListTask("sort", Phrasings)
{
    private static readonly Phrasing[] Phrasings =
    [
        new("sort this list: {list}", "I sort the list. "),
        new("sort these {kind}: {list}", "I sort the {kind}. "),
        new("sort {list}", "I sort them. "),
        new("sort the {kind} {list}", "I sort the {kind}. "),
        new("put these {kind} in order: {list}", "I put the {kind} in order. "),
        new("order these {kind}: {list}", "I order the {kind}. "),
        new("order the list {list}", "I order the list. "),
        new("arrange these {kind}: {list}", "I arrange the {kind}. "),
        new("arrange {list} in ascending order", "I arrange them in ascending order. "),
        new("sort the list {list} in ascending order", "I sort the list in ascending order. "),
        new("sort these {kind} for me: {list}", "I sort the {kind} for you. "),
        new("bring these {kind} into the right order: {list}", "I bring the {kind} into the right order. "),
        new("what is the right order of {list}", "I look for the right order. "),
        new("how do you sort {list}", "I sort them like this. "),
        new("what is {list} in sorted order", "I sort them. "),
        new("!sort: {list}", "I sort them. "),
        new("!{list} sorted, please", "I sort them. "),
    ];

    protected override ItemList Draw(Random random, Difficulty difficulty) => ItemList.Distinct(random, difficulty);

    protected override (string Work, ItemList Result) Solve(ItemList list) => list.AreNumbers
        ? ($"By tens: {Groups(list)}. Sorted", list.With(list.Items.OrderBy(Value)))
        : ($"First letters: {Letters(list.Items)}. In order: {Letters(list.Items.Order(StringComparer.Ordinal))}. Sorted",
            list.With(list.Items.Order(StringComparer.Ordinal)));

    /// <summary>All ten, the empty ones too, so that each step only looks for one digit; within one, in the order of the list.</summary>
    private static string Groups(ItemList list) => string.Join("; ", Enumerable.Range(0, 10).Select(tens =>
        $"{tens}: {string.Join(' ', list.Items.Where(item => Value(item) / 10 == tens).DefaultIfEmpty("-"))}"));

    private static string Letters(IEnumerable<string> words) => string.Join(' ', words.Select(word => word[0]));

    private static int Value(string item) => int.Parse(item, CultureInfo.InvariantCulture);
}
