using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>The judge must be able to say no.</summary>
public sealed class SchemaValidatorTests
{
    [Theory]
    [InlineData("""{"type": "integer", "minimum": 1, "maximum": 3}""", "[1, 3, 2.0]", """[0, 4, 1.5, "1", null, true, [], {}]""")]
    [InlineData("""{"type": ["number", "null"], "exclusiveMinimum": 0}""", "[0.1, 5, null, 1e300]", """[0, -1, "x", false]""")]
    [InlineData("""{"type": "integer", "maximum": 9223372036854775807}""", "[9223372036854775807]", "[9223372036854775808]")]
    [InlineData("""{"type": "string", "minLength": 1, "maxLength": 2, "pattern": "^a"}""", """["a", "ab"]""", """["", "abc", "b", 1]""")]
    [InlineData("""{"enum": ["a", null, 1]}""", """["a", null, 1.0]""", """["b", 2, true]""")]
    [InlineData("""{"const": "a"}""", """["a"]""", """["b", null]""")]
    [InlineData("""{"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "boolean"}}""", "[[true], [true, false]]", "[[], [true, true, true], [1], {}]")]
    [InlineData("""{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "null"}}}""",
        """[{"a": "x"}, {"a": "x", "b": null}]""", """[{}, {"a": 1}, {"a": "x", "b": 1}, {"a": "x", "c": 1}, []]""")]
    [InlineData("""{"type": "object", "maxProperties": 1, "propertyNames": {"pattern": "^[0-9]+$"}, "additionalProperties": {"type": "number"}}""",
        """[{}, {"1": 2}]""", """[{"1": 2, "2": 2}, {"a": 2}, {"1": "x"}]""")]
    [InlineData("""{"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}""", """["a", ["a"]]""", """[1, [1], {}]""")]
    [InlineData("""{"not": {"enum": [1]}}""", "[2]", "[1]")]
    [InlineData("""{"allOf": [{"type": "object", "properties": {"a": {"type": "string"}}}, {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}}]}""",
        """[{"a": "x", "b": "y"}]""", """[{"a": "x"}, {"b": "y", "c": ""}, {"a": 1, "b": "y"}]""")]
    public void Validate_Values_TakesTheRightOnesOnly(string schema, string right, string wrong)
    {
        JsonElement parsed = JsonSerializer.Deserialize<JsonElement>(schema);
        Assert.All(JsonSerializer.Deserialize<JsonElement[]>(right)!, value => Assert.Empty(SchemaValidator.Closed.Validate(parsed, value)));
        Assert.All(JsonSerializer.Deserialize<JsonElement[]>(wrong)!, value => Assert.NotEmpty(SchemaValidator.Closed.Validate(parsed, value)));
    }

    [Fact]
    public void Validate_MemberThatIsNotDescribed_DependsOnTheKind()
    {
        JsonElement schema = JsonSerializer.Deserialize<JsonElement>("""{"properties": {"a": {}}}""");
        JsonElement forbidding = JsonSerializer.Deserialize<JsonElement>("""{"properties": {"a": {}}, "additionalProperties": false}""");
        JsonElement value = JsonSerializer.Deserialize<JsonElement>("""{"b": 1}""");
        Assert.Empty(SchemaValidator.Open.Validate(schema, value));
        Assert.NotEmpty(SchemaValidator.Closed.Validate(schema, value));
        Assert.NotEmpty(SchemaValidator.Open.Validate(forbidding, value));
    }

    [Fact]
    public void Validate_UnknownKeyword_Fails() => Assert.Throws<NotSupportedException>(() =>
        SchemaValidator.Closed.Validate(JsonSerializer.Deserialize<JsonElement>("""{"oneOf": []}"""), JsonSerializer.Deserialize<JsonElement>("1")));
}
