using System.Globalization;
using System.Text.Json;
using AdaptiveServe.Server.OpenAI;
using AdaptiveServe.Server.OpenAI.Adaptive;
using AdaptiveServe.Server.OpenAI.Chat;
using AdaptiveServe.Server.OpenAI.Completions;
using AdaptiveServe.Server.OpenAI.Fields;
using AdaptiveServe.Server.OpenAI.Text;
using AdaptiveServe.Server.OpenAI.Tools;

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>The fields that the server reads are the properties that the contract describes, with the same types and bounds.</summary>
public sealed class FieldTests
{
    private static readonly Dictionary<string, (JsonElement Schema, IReadOnlyList<IField> Fields)> Objects = new()
    {
        ["ChatCompletionRequest"] = (ApiContract.Schema("ChatCompletionRequest"), ChatRequest.Fields),
        ["CompletionRequest"] = (ApiContract.Schema("CompletionRequest"), CompletionRequest.Fields),
        ["TemplateRequest"] = (ApiContract.Schema("TemplateRequest"), TextEndpoints.TemplateFields),
        ["TokenizeRequest"] = (ApiContract.Schema("TokenizeRequest"), TextEndpoints.TokenizeFields),
        ["DetokenizeRequest"] = (ApiContract.Schema("DetokenizeRequest"), TextEndpoints.DetokenizeFields),
        ["AdaptiveRequest"] = (ApiContract.Schema("AdaptiveRequest"), AdaptiveFields.All),
        ["entropy"] = (ApiContract.Schema("AdaptiveRequest").GetProperty("properties").GetProperty("entropy"), EntropyFields.All),
        ["cascade"] = (ApiContract.Schema("AdaptiveRequest").GetProperty("properties").GetProperty("cascade"), CascadeFields.All),
        ["control"] = (ApiContract.Schema("AdaptiveRequest").GetProperty("properties").GetProperty("control"), ControlFields.All),
        ["speculation"] = (ApiContract.Schema("AdaptiveRequest").GetProperty("properties").GetProperty("speculation"), SpeculationFields.All),
        ["routing"] = (ApiContract.Schema("AdaptiveRequest").GetProperty("properties").GetProperty("routing"), RoutingFields.All),
        ["stream_options"] = (ApiContract.Schema("Generation").GetProperty("properties").GetProperty("stream_options"), StreamFields.AllOptions),
    };

    /// <summary>Whose unknown members are refused.</summary>
    private static readonly IField[] Closed =
    [
        AdaptiveFields.Adaptive, AdaptiveFields.Entropy, AdaptiveFields.Cascade, AdaptiveFields.Control, AdaptiveFields.Speculation, AdaptiveFields.Routing,
    ];

    public static TheoryData<string> Names => [.. Objects.Keys];

    public static IEnumerable<TheoryDataRow<string, string>> All =>
        Objects.SelectMany(described => described.Value.Fields.Select(read => new TheoryDataRow<string, string>(described.Key, read.Key)));

    [Theory, MemberData(nameof(Names))]
    public void Properties_OfARequest_AreTheFieldsThatTheServerReads(string name)
    {
        (JsonElement schema, IReadOnlyList<IField> fields) = Objects[name];
        Assert.Equal(fields.Select(field => field.Key).Order(), schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order());
    }

    [Theory, MemberData(nameof(All))]
    public void Property_OfAField_HasItsTypeAndBounds(string name, string key)
    {
        (JsonElement schema, IReadOnlyList<IField> fields) = Objects[name];
        JsonElement property = ApiContract.Resolve(schema.GetProperty("properties").GetProperty(key));
        Assert.NotEmpty(property.GetProperty("description").GetString()!);
        Assert.Equal(Describe(fields.Single(field => field.Key == key)), Bounds(property));
    }

    /// <summary>Type and bounds of a field, in the words of JSON Schema.</summary>
    private static SortedDictionary<string, string> Describe(IField field) => new(Keywords(field)
        .Where(keyword => keyword.Value is not null)
        .ToDictionary(keyword => keyword.Name, keyword => Convert.ToString(keyword.Value, CultureInfo.InvariantCulture)!));

    private static (string Name, object? Value)[] Keywords(IField field) => field switch
    {
        IntegerField integer => [("type", "integer"), ("minimum", integer.Minimum), ("maximum", integer.Maximum)],
        NumberField number =>
            [("type", "number"), (number.ExcludesMinimum ? "exclusiveMinimum" : "minimum", number.Minimum), ("maximum", number.Maximum)],
        BooleanField => [("type", "boolean")],
        WordField word => [("type", "string"), ("enum", string.Join(' ', word.Words))],
        TextField text when field == CompletionRequest.Suffix => [("type", "string"), ("enum", "")], // the only text that is not refused
        TextField text => [("type", "string"), ("maxLength", text.MaxLength == int.MaxValue ? null : text.MaxLength)],
        ObjectField => [("type", "object"), ("additionalProperties", Closed.Contains(field) ? "False" : null)],
        TemplateArgumentsField => [("type", "object")],
        ArrayField => [("type", "array")],
        UnsupportedField => [("type", "null")],
        TokenIdsField tokens => [("type", "array"), ("maxItems", tokens.MaxCount)],
        LayersField => [("type", "array"), ("minItems", 1), ("maxItems", LayersField.MaxCount)],
        MessagesField => [("type", "array"), ("minItems", 1), ("maxItems", MessagesField.MaxCount)],
        ToolsField => [("type", "array"), ("maxItems", ToolsField.MaxCount)],
        LogitBiasField => [("type", "object"), ("maxProperties", LogitBiasField.MaxCount)],
        StopField or PromptField or ToolChoiceField => [], // alternatives; AgreementTests try them
        _ => throw new NotSupportedException(field.GetType().Name),
    };

    private static SortedDictionary<string, string> Bounds(JsonElement property)
    {
        string[] keywords = ["type", "enum", "minimum", "exclusiveMinimum", "maximum", "maxLength", "minItems", "maxItems", "maxProperties", "additionalProperties"];
        return new(property.EnumerateObject()
            .Where(keyword => keywords.Contains(keyword.Name) && keyword is not { Name: "additionalProperties", Value.ValueKind: JsonValueKind.Object })
            .ToDictionary(keyword => keyword.Name, keyword => Write(keyword.Value)));
    }

    /// <summary>That null may be sent is not said of a field: it holds for all that may be absent.</summary>
    private static string Write(JsonElement value) => value.ValueKind != JsonValueKind.Array
        ? value.ToString()
        : string.Join(' ', value.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Null && item.ToString() != "null"));
}
