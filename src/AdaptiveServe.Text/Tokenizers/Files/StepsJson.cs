namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads a part of <c>tokenizer.json</c> that is one step or a sequence of them, each with a type.</summary>
internal static class StepsJson
{
    private const int MaxSteps = 32; // published files have four at most

    /// <summary>The steps in order; none where the part is absent.</summary>
    /// <param name="part">The part.</param>
    /// <param name="listName">What a sequence calls the list of its steps.</param>
    /// <exception cref="TokenizerLoadException">There are too many, or one has no type.</exception>
    public static List<(string Type, JsonValue Step)> Read(JsonValue? part, string listName)
    {
        if (part is not { } value) return [];
        List<(string Type, JsonValue Step)> steps = [.. Flatten(value, listName).Take(MaxSteps + 1)];
        return steps.Count <= MaxSteps ? steps : throw value.Error($"it has more than {MaxSteps} steps");
    }

    private static IEnumerable<(string, JsonValue)> Flatten(JsonValue value, string listName)
    {
        string type = value.Required("type").AsString();
        return type == "Sequence" ? value.Required(listName).Items().SelectMany(item => Flatten(item, listName)) : [(type, value)];
    }
}
