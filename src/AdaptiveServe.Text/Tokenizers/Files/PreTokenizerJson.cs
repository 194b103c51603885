using AdaptiveServe.Text.Tokenizers.Families;

namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads the part <c>pre_tokenizer</c> of <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerJson
{
    private const int MaxPatternLength = 8192;

    /// <summary>How text is cut for a vocabulary of bytes; null where the vocabulary is one of characters and nothing is cut.</summary>
    public static WordSplitter? Read(JsonValue? value)
    {
        if (value is not { } preTokenizer) return null;
        List<JsonValue> steps = [.. Flatten(preTokenizer)];
        if (steps.Count == 0 || TypeOf(steps[^1]) != "ByteLevel")
            throw preTokenizer.Error($"the pre-tokenizer '{TypeOf(steps.LastOrDefault(preTokenizer))}' is not supported where ByteLevel does not follow it");

        return new WordSplitter([.. steps.SelectMany(ReadStep)]);
    }

    private static IEnumerable<JsonValue> Flatten(JsonValue value) => TypeOf(value) == "Sequence"
        ? value.Required("pretokenizers").Items().SelectMany(Flatten)
        : [value];

    private static IEnumerable<WordPattern> ReadStep(JsonValue step) => TypeOf(step) switch
    {
        "ByteLevel" => ReadByteLevel(step),
        "Split" => [ReadSplit(step)],
        "Digits" => [new WordPattern(step["individual_digits"]?.AsBool() is true ? @"\p{N}" : @"\p{N}+")],
        string type => throw step.Error($"the pre-tokenizer '{type}' is not supported"),
    };

    private static WordPattern[] ReadByteLevel(JsonValue step)
    {
        if (step["add_prefix_space"]?.AsBool() is true) throw step.Error("add_prefix_space is not supported");
        return step["use_regex"]?.AsBool() is false ? [] : [WordPattern.CreateGpt2()];
    }

    private static WordPattern ReadSplit(JsonValue step)
    {
        if (step.Required("pattern")["Regex"] is not { } regex) throw step.Error("only a pattern of the kind Regex is supported");
        string pattern = regex.AsString();
        if (pattern.Length > MaxPatternLength) throw regex.Error($"the pattern has {pattern.Length} characters; {MaxPatternLength} are accepted");

        bool inverted = step["invert"]?.AsBool() ?? false;
        bool keepsGaps = (step.Required("behavior").AsString(), inverted) switch
        {
            ("Isolated", _) => true,
            ("Removed", true) => false, // what does not match is removed
            (string behavior, _) => throw step.Error($"the behavior '{behavior}' with invert {inverted} is not supported"),
        };

        try
        {
            return new WordPattern(pattern, keepsGaps);
        }
        catch (ArgumentException exception)
        {
            throw regex.Error($"the pattern is not supported: {exception.Message}", exception);
        }
    }

    private static string TypeOf(JsonValue value) => value.Required("type").AsString();
}
