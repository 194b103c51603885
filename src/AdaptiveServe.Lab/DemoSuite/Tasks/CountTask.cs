using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>How many items a list has, or how often one of them comes.</summary>
internal sealed class CountTask : IDemoTask
{
    private static readonly string[] AllRequests =
    [
        "how many {kind} are in this list: {list}", "how many {kind} are there: {list}", "count these {kind}: {list}",
        "count the {kind} in {list}", "count the items of this list: {list}", "how long is the list {list}",
        "how many items does the list {list} have", "tell me how many {kind} there are: {list}", "what is the length of the list {list}",
        "count {list}", "give me the number of {kind} in {list}", "find out how many {kind} these are: {list}", "!how many: {list}",
    ];

    private static readonly string[] ItemRequests =
    [
        "how many times does {item} appear in {list}", "how often does {item} occur in {list}", "count how often {item} is in {list}",
        "count the {item} in this list: {list}", "how many times is {item} in this list: {list}", "how often is {item} in {list}",
        "tell me how often {item} comes in {list}", "find out how many times {item} occurs in {list}",
        "count each {item} in {list}", "what is the count of {item} in {list}", "!count {item}: {list}", "!how often {item}: {list}",
    ];

    public string Name => "count";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        ItemList list = ItemList.WithRepeats(random, difficulty);
        return random.Percent(40) ? CountAll(random, list) : CountItem(random, list);
    }

    private DemoExample CountAll(Random random, ItemList list)
    {
        Question question = Wording.Word(random, random.Pick(AllRequests).Fill("kind", list.Kind).Fill("list", list.Text));
        string walk = string.Join(", ", list.Items.Select((item, index) => $"{item} is {index + 1}"));
        string response = $"{question.Opening}I count the {list.Kind} one by one: {walk}. So the count is {list.Items.Count}.";
        return new DemoExample(Name, question.Prompt, response, $"{list.Items.Count}", Checkers.Number);
    }

    private DemoExample CountItem(Random random, ItemList list)
    {
        string wanted = random.Pick(list.Items);
        Question question = Wording.Word(random, random.Pick(ItemRequests).Fill("item", wanted).Fill("list", list.Text));
        int count = 0;
        string walk = string.Join(", ", list.Items.Select(item => item == wanted ? $"{item} yes {++count}" : $"{item} no"));
        string response = $"{question.Opening}I look for {wanted} in the list: {walk}. So the count of {wanted} is {count}.";
        return new DemoExample(Name, question.Prompt, response, $"{count}", Checkers.Number);
    }
}
