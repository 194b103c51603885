using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>From larger units to smaller ones and back.</summary>
internal sealed class UnitTask : IDemoTask
{
    private static readonly string[] ToSmallRequests =
    [
        "how many {smalls} are {amount}", "how many {smalls} are in {amount}", "how many {smalls} is {amount}",
        "how many {smalls} make {amount}",
        "what is {amount} in {smalls}", "what are {amount} in {smalls}", "convert {amount} to {smalls}", "convert {amount} into {smalls}",
        "change {amount} to {smalls}", "turn {amount} into {smalls}", "express {amount} in {smalls}", "give me {amount} in {smalls}",
        "tell me how many {smalls} are in {amount}", "calculate {amount} in {smalls}", "work out how many {smalls} {amount} are",
        "how much is {amount} in {smalls}", "!{amount} in {smalls}", "!{amount} to {smalls}", "!{amount} = ? {smalls}",
    ];

    private static readonly string[] ToLargeRequests =
    [
        "how many {larges} and {smalls} are {amount}", "how many {larges} and {smalls} is {amount}",
        "convert {amount} to {larges} and {smalls}",
        "convert {amount} into {larges} and {smalls}", "what is {amount} in {larges} and {smalls}",
        "what are {amount} in {larges} and {smalls}",
        "express {amount} in {larges} and {smalls}", "write {amount} as {larges} and {smalls}", "turn {amount} into {larges} and {smalls}",
        "give me {amount} in {larges} and {smalls}", "how much is {amount} in {larges} and {smalls}",
        "split {amount} into {larges} and {smalls}",
        "tell me how many {larges} and {smalls} are in {amount}", "!{amount} in {larges} and {smalls}",
        "!{amount} to {larges} and {smalls}",
    ];

    public string Name => "units";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        Measure measure = random.Pick(Measure.All);
        return random.Percent(60) ? ToSmall(random, measure, difficulty) : ToLarge(random, measure, difficulty);
    }

    private DemoExample ToSmall(Random random, Measure measure, Difficulty difficulty)
    {
        int large = difficulty == Difficulty.InRange ? random.Between(1, measure.MaxLarge) : random.Between(21, 60);
        int product = large * measure.Factor, small = random.Percent(50) ? random.Between(1, measure.Factor - 1) : 0, sum = product + small;
        string amount = small == 0 ? measure.Amount(large) : $"{measure.Amount(large)} and {small} {measure.Smalls}";
        string more = small == 0 ? "" : $"Then {product}+{small}={sum}. ";
        Question question = Wording.Word(random, random.Pick(ToSmallRequests).Fill("smalls", measure.Smalls).Fill("amount", amount));
        string response = $"{question.Opening}{measure.Rule}{large}*{measure.Factor}={product}. {more}So it is {sum} {measure.Smalls}.";
        return new DemoExample(Name, question.Prompt, response, $"{sum} {measure.Smalls}", Checkers.Final);
    }

    private DemoExample ToLarge(Random random, Measure measure, Difficulty difficulty)
    {
        int large = difficulty == Difficulty.InRange ? random.Between(1, 4) : random.Between(5, 9);
        int rest = random.Between(1, measure.Factor - 1), total = large * measure.Factor + rest;
        Question question = Wording.Word(random, random.Pick(ToLargeRequests)
            .Fill("amount", $"{total} {measure.Smalls}").Fill("larges", measure.Larges).Fill("smalls", measure.Smalls));
        string answer = $"{measure.Amount(large)} and {rest} {measure.Smalls}";
        string response = $"{question.Opening}{measure.Rule}I take {measure.Factor} away as often as I can. "
            + $"{Walk(total, measure.Factor)}So it is {answer}.";
        return new DemoExample(Name, question.Prompt, response, answer, Checkers.Final);
    }

    private static string Walk(int total, int factor)
    {
        string walk = "";
        for (int count = 1; total >= factor; count++) walk += $"{count}: {total}-{factor}={total -= factor}. ";
        return walk;
    }
}
