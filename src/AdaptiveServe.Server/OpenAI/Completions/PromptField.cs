using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Completions;

/// <summary><c>prompt</c>: a text, token ids, or several of either.</summary>
internal sealed class PromptField() : Field<IReadOnlyList<Prompt>>("prompt")
{
    public const int MaxCount = 1024;

    protected override string Expected => "a string, an array of strings, an array of token ids, or an array of such arrays";

    protected override IReadOnlyList<Prompt>? Parse(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return [new Prompt(Text(value), null)];
        if (value.ValueKind != JsonValueKind.Array) throw WrongType(value);
        int count = value.GetArrayLength();
        if (count == 0) throw Invalid("must not be empty.", "empty_array");
        if (value[0].ValueKind == JsonValueKind.Number) return [new Prompt(null, Ids(value))];
        if (count > MaxCount) throw Invalid($"must have at most {MaxCount} prompts.", "array_too_long");
        return [.. value.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.Array ? new Prompt(null, Ids(item)) : new Prompt(Text(item), null))];
    }

    private int[] Ids(JsonElement value)
    {
        var ids = new int[value.GetArrayLength()];
        int at = 0;
        foreach (JsonElement id in value.EnumerateArray())
        {
            if (id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out ids[at++])) throw WrongType(id);
        }

        return ids;
    }
}

/// <summary>A prompt as it came: a text or token ids.</summary>
internal sealed record Prompt(string? Text, int[]? Ids);
