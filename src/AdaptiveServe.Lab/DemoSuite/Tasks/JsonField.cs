namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>A property that objects may have.</summary>
/// <param name="name">Its name.</param>
/// <param name="draw">Draws a value: as a description says it, and in JSON.</param>
internal sealed class JsonField(string name, Func<Random, (string Words, string Json)> draw)
{
    public static JsonField Text(string name, IReadOnlyList<string> values) => new(name, random =>
    {
        string value = random.Pick(values);
        return (value, $"\"{value}\"");
    });

    /// <summary>A whole number from <paramref name="from"/> on, up to so many more.</summary>
    public static JsonField Number(string name, int range, int from = 0) => new(name, random =>
    {
        string value = $"{from + random.Between(1, range)}";
        return (value, value);
    });

    public static JsonField Truth(string name) => new(name, random => random.Next(4) switch
    {
        0 => ("yes", "true"),
        1 => ("no", "false"),
        2 => ("true", "true"),
        _ => ("false", "false"),
    });

    public JsonValue Draw(Random random)
    {
        (string words, string json) = draw(random);
        return new JsonValue(name, words, json);
    }
}
