using AdaptiveServe.Text.Tokenizers.Families;

namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>Reads the part <c>pre_tokenizer</c> of <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerJson
{
    private const int MaxPatternLength = 8192;

    public static TokenizerDefinition Apply(JsonValue? value, TokenizerDefinition definition)
    {
        List<(string Type, JsonValue Step)> steps = StepsJson.Read(value, "pretokenizers");
        return steps switch
        {
            [] => definition,
            [("Metaspace", var step)] => definition with { Metaspace = ReadMetaspace(step) },
            [.., ("ByteLevel", _)] => definition with { ByteLevelWords = new WordSplitter([.. steps.SelectMany(ReadStep)]) },
            [.., (string type, var step)] =>
                throw step.Error($"the pre-tokenizer '{type}' is not supported where ByteLevel does not follow it"),
        };
    }

    private static WordPattern[] ReadStep((string Type, JsonValue Value) step) => step.Type switch
    {
        "ByteLevel" => ReadByteLevel(step.Value),
        "Split" => [ReadSplit(step.Value)],
        "Digits" => [new WordPattern(step.Value["individual_digits"]?.AsBool() is true ? @"\p{N}" : @"\p{N}+")],
        _ => throw step.Value.Error($"the pre-tokenizer '{step.Type}' is not supported"),
    };

    private static WordPattern[] ReadByteLevel(JsonValue step)
    {
        if (step["add_prefix_space"]?.AsBool() is true) throw step.Error("add_prefix_space is not supported");
        return step["use_regex"]?.AsBool() is false ? [] : [WordPattern.Gpt2];
    }

    private static WordPattern ReadSplit(JsonValue step)
    {
        if (step.Required("pattern")["Regex"] is not { } regex) throw step.Error("only a pattern of the kind Regex is supported");
        string pattern = regex.AsString();
        if (pattern.Length > MaxPatternLength)
            throw regex.Error($"the pattern has {pattern.Length} characters; {MaxPatternLength} are accepted");
        if (PatternDialect.FirstDifference(pattern) is { } part) throw regex.Error($"'{part}' in a pattern is not supported");

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

    /// <summary>Old files write <c>add_prefix_space</c>, new ones <c>prepend_scheme</c>.</summary>
    private static Metaspace ReadMetaspace(JsonValue step)
    {
        string space = step.Required("replacement").AsString();
        if (space.Length != 1) throw step.Error("the replacement is not one character");
        string scheme = step["prepend_scheme"]?.AsString() ?? (step["add_prefix_space"]?.AsBool() is false ? "never" : "always");
        Metaspace.Prepends prepends = scheme switch
        {
            "never" => Metaspace.Prepends.Never,
            "first" => Metaspace.Prepends.First,
            "always" => Metaspace.Prepends.Always,
            _ => throw step.Error($"the prepend_scheme '{scheme}' is not supported"),
        };
        return new Metaspace(space[0], prepends, Cuts: step["split"]?.AsBool() ?? true);
    }
}
