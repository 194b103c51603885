using System.Text.Json;

namespace AdaptiveServe.Server.OpenAI.Fields;

internal sealed class BooleanField(string name) : Field<bool?>(name)
{
    protected override string Expected => "a boolean";

    protected override bool? Parse(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw WrongType(value),
    };
}

internal sealed class TextField(string name, int maxLength = int.MaxValue) : Field<string>(name)
{
    public int MaxLength { get; } = maxLength;

    protected override string Expected => "a string";

    protected override string? Parse(JsonElement value)
    {
        string text = Text(value);
        return text.Length <= MaxLength ? text : throw Invalid($"must have at most {MaxLength} characters.", "string_too_long");
    }
}

/// <summary>One of a few words.</summary>
internal sealed class WordField(string name, params string[] words) : Field<string>(name)
{
    public IReadOnlyList<string> Words { get; } = words;

    protected override string Expected => "a string";

    protected override string? Parse(JsonElement value)
    {
        string word = Text(value);
        return Words.Contains(word) ? word : throw Invalid($"must be one of {string.Join(", ", Words.Select(known => $"'{known}'"))}.");
    }
}

/// <summary>An object that is read further by whoever asked for it, or only checked.</summary>
internal sealed class ObjectField(string name) : Field<JsonElement?>(name)
{
    protected override string Expected => "an object";

    protected override JsonElement? Parse(JsonElement value) => value.ValueKind == JsonValueKind.Object ? value : throw WrongType(value);
}

/// <summary>An array that is handed on as it is.</summary>
internal sealed class ArrayField(string name) : Field<JsonElement?>(name)
{
    protected override string Expected => "an array";

    protected override JsonElement? Parse(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value : throw WrongType(value);
}

/// <summary>A field that asks for what this server cannot do.</summary>
internal sealed class UnsupportedField(string name) : Field<object>(name)
{
    protected override string Expected => "nothing";

    protected override object? Parse(JsonElement value) => throw Errors.ApiException.NotSupported(Name, $"'{Name}' is not supported.");
}
