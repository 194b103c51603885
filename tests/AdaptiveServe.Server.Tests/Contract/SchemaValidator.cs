using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>
/// Checks values against the part of JSON Schema (2020-12) that the contract uses; a keyword outside of it is a failure of the test. It can be
/// stricter than the standard in one point: an object whose members are described must have no others.
/// </summary>
internal sealed class SchemaValidator
{
    private static readonly HashSet<string> Annotations = ["default", "description", "deprecated", "examples"];

    private readonly bool _isClosed;

    private SchemaValidator(bool isClosed) => _isClosed = isClosed;

    /// <summary>Takes no members that are not described.</summary>
    public static SchemaValidator Closed { get; } = new(isClosed: true);

    /// <summary>As the standard has it.</summary>
    public static SchemaValidator Open { get; } = new(isClosed: false);

    /// <summary>What is wrong with a value, each with its place; empty when it is valid.</summary>
    public List<string> Validate(JsonElement schema, JsonElement value, string place = "")
    {
        var errors = new List<string>();
        schema = ApiContract.Resolve(schema);
        foreach (JsonProperty keyword in schema.EnumerateObject()) Check(schema, keyword, value, place, errors);
        return errors;
    }

    public void Require(JsonElement schema, JsonElement value) =>
        Assert.True(Validate(schema, value) is { Count: 0 }, $"{string.Join('\n', Validate(schema, value))}\nin {value}");

    private void Check(JsonElement schema, JsonProperty keyword, JsonElement value, string place, List<string> errors)
    {
        JsonElement operand = keyword.Value;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when CheckObject(schema, keyword, value, place, errors):
            case JsonValueKind.Array when CheckArray(keyword, value, place, errors):
                return;
        }

        bool isRight = keyword.Name switch
        {
            "type" => operand.ValueKind == JsonValueKind.Array ? operand.EnumerateArray().Any(type => HasType(value, type)) : HasType(value, operand),
            "enum" => operand.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)),
            "const" => JsonElement.DeepEquals(operand, value),
            "not" => Validate(operand, value).Count > 0,
            "anyOf" => IsAny(operand, value, place, errors),
            "minimum" => value.ValueKind != JsonValueKind.Number || Compare(value, operand) >= 0,
            "exclusiveMinimum" => value.ValueKind != JsonValueKind.Number || Compare(value, operand) > 0,
            "maximum" => value.ValueKind != JsonValueKind.Number || Compare(value, operand) <= 0,
            "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= operand.GetInt32(),
            "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= operand.GetInt32(),
            "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, operand.GetString()!),
            "properties" or "required" or "additionalProperties" or "propertyNames" or "maxProperties" or "items" or "minItems" or "maxItems" => true,
            _ => Annotations.Contains(keyword.Name) ? true : throw new NotSupportedException($"the schema keyword '{keyword.Name}'"),
        };
        if (!isRight) errors.Add($"{place}: {Shorten(value)} is not {keyword.Name} {Shorten(operand)}");
    }

    private bool CheckObject(JsonElement schema, JsonProperty keyword, JsonElement value, string place, List<string> errors)
    {
        JsonElement operand = keyword.Value;
        switch (keyword.Name)
        {
            case "properties":
                foreach (JsonProperty member in value.EnumerateObject()) CheckMember(schema, operand, member, place, errors);
                return true;
            case "required":
                errors.AddRange(operand.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{place}/{name}: is missing"));
                return true;
            case "additionalProperties" when operand.ValueKind == JsonValueKind.Object && !schema.TryGetProperty("properties", out _):
                foreach (JsonProperty member in value.EnumerateObject()) errors.AddRange(Validate(operand, member.Value, $"{place}/{member.Name}"));
                return true;
            case "propertyNames":
                foreach (JsonProperty member in value.EnumerateObject()) errors.AddRange(Validate(operand, JsonSerializer.SerializeToElement(member.Name), place));
                return true;
            case "maxProperties":
                if (value.GetPropertyCount() > operand.GetInt32()) errors.Add($"{place}: too many members");
                return true;
            default:
                return false;
        }
    }

    private void CheckMember(JsonElement schema, JsonElement properties, JsonProperty member, string place, List<string> errors)
    {
        if (properties.TryGetProperty(member.Name, out JsonElement property)) errors.AddRange(Validate(property, member.Value, $"{place}/{member.Name}"));
        else if (schema.TryGetProperty("additionalProperties", out JsonElement others) ? others.ValueKind == JsonValueKind.False : _isClosed)
            errors.Add($"{place}/{member.Name}: is not described");
    }

    private bool CheckArray(JsonProperty keyword, JsonElement value, string place, List<string> errors)
    {
        switch (keyword.Name)
        {
            case "items":
                int at = 0;
                foreach (JsonElement item in value.EnumerateArray()) errors.AddRange(Validate(keyword.Value, item, $"{place}/{at++}"));
                return true;
            case "minItems" when value.GetArrayLength() < keyword.Value.GetInt32():
            case "maxItems" when value.GetArrayLength() > keyword.Value.GetInt32():
                errors.Add($"{place}: has {value.GetArrayLength()} items, against {keyword.Name} {keyword.Value}");
                return true;
            default:
                return false;
        }
    }

    /// <summary>Where no branch fits, the errors of the nearest one are told.</summary>
    private bool IsAny(JsonElement branches, JsonElement value, string place, List<string> errors)
    {
        List<string> nearest = branches.EnumerateArray().Select(branch => Validate(branch, value, place)).MinBy(found => found.Count)!;
        errors.AddRange(nearest);
        return nearest.Count == 0;
    }

    private static bool HasType(JsonElement value, JsonElement type) => type.GetString() switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && decimal.IsInteger(number),
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new NotSupportedException($"the type '{type}'"),
    };

    private static int Compare(JsonElement value, JsonElement bound) =>
        value.TryGetDecimal(out decimal number) ? number.CompareTo(bound.GetDecimal()) : value.GetDouble().CompareTo(bound.GetDouble());

    private static string Shorten(JsonElement value) => value.GetRawText() is { Length: > 200 } text ? text[..200] + "..." : value.GetRawText();
}
