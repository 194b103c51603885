using System.Text.Json;

namespace AdaptiveServe.Server.OpenAI.Fields;

/// <summary><c>stop</c>: a string or a list of strings.</summary>
internal sealed class StopField() : Field<IReadOnlyList<string>>("stop")
{
    public const int MaxCount = 64, MaxLength = 4096;

    protected override string Expected => "a string or an array of strings";

    protected override IReadOnlyList<string>? Parse(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return [StopString(value)];
        if (value.ValueKind != JsonValueKind.Array) throw WrongType(value);
        if (value.GetArrayLength() > MaxCount) throw Invalid($"must have at most {MaxCount} strings.", "array_too_long");
        return [.. value.EnumerateArray().Select(StopString)];
    }

    private string StopString(JsonElement value)
    {
        string text = Text(value);
        return text.Length is > 0 and <= MaxLength ? text : throw Invalid($"each string must have 1 to {MaxLength} characters.");
    }
}
