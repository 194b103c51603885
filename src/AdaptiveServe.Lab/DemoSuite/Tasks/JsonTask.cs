using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>A small JSON object from a description.</summary>
internal sealed class JsonTask : IDemoTask
{
    private static readonly string[] Requests =
    [
        "make a JSON object with {fields}", "write a JSON object with {fields}", "create JSON with {fields}", "write JSON with {fields}",
        "turn this into JSON: {fields}", "convert to JSON: {fields}", "give me a JSON object: {fields}", "give me JSON with {fields}",
        "build a JSON object where {fields}", "write as JSON: {fields}", "format as JSON: {fields}", "generate a JSON object with {fields}",
        "express this as JSON: {fields}", "output a JSON object with {fields}", "put this into a JSON object: {fields}",
        "what is the JSON for {fields}", "how do you write {fields} as JSON", "what does {fields} look like in JSON",
        "!json: {fields}", "!{fields} as JSON", "!JSON object, {fields}",
    ];

    /// <summary>How a name and its value are put together; the longer ways only in prose.</summary>
    private static readonly string[] Styles =
    [
        "{name} {value}", "{name} is {value}", "{name}: {value}", "{name}={value}", "{name} = {value}",
    ];

    private static readonly JsonField[] Fields =
    [
        JsonField.Text("name", People.Names), JsonField.Text("owner", People.Names), JsonField.Text("friend", People.Names),
        JsonField.Text("city", ["Berlin", "Paris", "London", "Rome", "Madrid",
            "Vienna", "Oslo", "Lisbon", "Prague", "Athens", "Dublin", "Tokyo"]),
        JsonField.Text("country", ["France", "Italy", "Spain", "Japan", "Canada", "Brazil", "Egypt", "India", "Kenya", "Norway"]),
        JsonField.Text("color", ["red", "green", "blue", "yellow", "black", "white", "brown", "orange"]),
        JsonField.Text("size", ["small", "medium", "large"]), JsonField.Text("animal", ["cat", "dog", "bird", "fish", "horse", "rabbit"]),
        JsonField.Text("day", ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]),
        JsonField.Text("fruit", ["apple", "pear", "cherry", "lemon", "banana", "grape"]),
        JsonField.Text("job", ["teacher", "doctor", "nurse", "pilot", "cook", "clown"]),
        JsonField.Number("age", 99), JsonField.Number("count", 200), JsonField.Number("price", 500), JsonField.Number("year", 30, 2000),
        JsonField.Number("height", 90, 110), JsonField.Number("weight", 99), JsonField.Number("id", 999), JsonField.Number("score", 100),
        JsonField.Number("pages", 400), JsonField.Number("floor", 12),
        JsonField.Truth("active"), JsonField.Truth("open"), JsonField.Truth("new"), JsonField.Truth("paid"), JsonField.Truth("happy"),
        JsonField.Truth("ready"), JsonField.Truth("free"), JsonField.Truth("member"),
    ];

    public string Name => "json";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        int count = difficulty == Difficulty.InRange ? random.Between(2, 5) : random.Between(6, 8);
        JsonValue[] values = [.. random.PickDistinct(Fields, count).Select(field => field.Draw(random))];
        string style = random.Pick(Styles);
        string[] parts = [.. values.Select(value => style.Fill("name", value.Name).Fill("value", value.Words))];
        string fields = random.Percent(50) ? string.Join(", ", parts) : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
        Question question = Wording.Word(random, random.Pick(Requests).Fill("fields", fields));
        string json = $"{{{string.Join(", ", values.Select(value => $"\"{value.Name}\": {value.Json}"))}}}";
        string response = $"{question.Opening}Here is the JSON object with {count} fields:\n{json}";
        return new DemoExample(Name, question.Prompt, response, json, Checkers.Json);
    }
}
