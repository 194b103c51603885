using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Errors;

namespace AdaptiveServe.Server.OpenAI.Fields;

/// <summary>
/// A field of a request body: its name, what it may hold, and how it is read. Absent and null mean the same; anything else of a wrong
/// type or out of range is a 400 that names the field.
/// </summary>
internal abstract class Field<T>(string name) : IField
{
    public string Name { get; } = name;

    public string Key { get; } = name[(name.LastIndexOf('.') + 1)..];

    /// <summary>What the value must be, for error messages: <c>an integer</c>.</summary>
    protected abstract string Expected { get; }

    /// <summary>The value, or default when the field is absent or null.</summary>
    /// <exception cref="ApiException">It holds something else.</exception>
    public T? Read(JsonElement body) =>
        body.TryGetProperty(Key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? Parse(value) : default;

    public void Check(JsonElement body) => Read(body);

    protected abstract T? Parse(JsonElement value);

    /// <summary>The text of a string element.</summary>
    protected string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw WrongType(value);

    protected ApiException WrongType(JsonElement value) => WrongType(Name, Expected, value);

    protected ApiException Invalid(string reason, string code = "invalid_value") => ApiException.Invalid(Name, $"Invalid '{Name}': {reason}", code);

    protected static ApiException WrongType(string name, string expected, JsonElement value) =>
        ApiException.Invalid(name, $"Invalid type for '{name}': expected {expected}, but got {Describe(value)}.", "invalid_type");

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "the number " + (value.GetRawText() is { Length: <= 40 } text ? text : "with too many digits"),
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}

/// <summary>A field whatever it holds.</summary>
internal interface IField
{
    /// <summary>Its path in the body: <c>adaptive.target</c>.</summary>
    string Name { get; }

    /// <summary>The last part of it.</summary>
    string Key { get; }

    /// <exception cref="ApiException">The field holds what it must not.</exception>
    void Check(JsonElement body);
}
