namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Some of two goods, what they cost together, and what comes back from a note.</summary>
internal static class ShoppingStory
{
    private static readonly string[] Prices =
    [
        "A {x} costs {p} dollars and a {y} costs {q} dollars.", "One {x} is {p} dollars and one {y} is {q} dollars.",
        "In a shop a {x} costs {p} dollars, and a {y} costs {q} dollars.",
        "The price of a {x} is {p} dollars, and the price of a {y} is {q} dollars.",
    ];

    private static readonly string[] Purchases =
    [
        "{name} buys {xs} and {ys}.", "{name} takes {xs} and {ys}.", "{name} wants {xs} and {ys}.",
    ];

    private static readonly string[] TotalQuestions =
        ["How much does {name} pay?", "How much is that together?", "What is the total in dollars?", "How many dollars does {he} need?"];

    private static readonly string[] ChangeQuestions =
        ["{name} pays with {note} dollars. How much change does {he} get?", "{name} has {note} dollars. How many dollars are left?"];

    public static Story Tell(Random random, Difficulty difficulty)
    {
        int most = difficulty == Difficulty.InRange ? 6 : 19;
        var goods = random.PickDistinct(Things.Goods, 2);
        int p = random.Between(2, 9), q = random.Between(2, 9), x = random.Between(2, most), y = random.Between(2, most);
        string name = random.Pick(People.Names);
        int total = x * p + y * q, note = (total / 10 + random.Between(1, 2)) * 10;
        bool asksChange = random.Percent(40);
        int result = asksChange ? note - total : total;
        string text = $"{random.Pick(Prices)} {random.Pick(Purchases)} {random.Pick(asksChange ? ChangeQuestions : TotalQuestions)}"
            .Fill("x", goods[0].One).Fill("y", goods[1].One).Fill("p", p).Fill("q", q).Fill("xs", $"{x} {goods[0].More}")
            .Fill("ys", $"{y} {goods[1].More}").Fill("name", name).Fill("he", People.Pronoun(name)).Fill("note", note);
        string change = asksChange ? $"From {note} dollars: {note}-{total}={result}. " : "";
        string work = $"{x} {goods[0].More} cost {x}*{p}={x * p} dollars. {y} {goods[1].More} cost {y}*{q}={y * q} dollars. "
            + $"Together: {x * p}+{y * q}={total}. {change}The answer is {result} dollars.";
        return new Story(text, work, result);
    }
}
