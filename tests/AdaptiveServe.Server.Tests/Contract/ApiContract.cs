using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptiveServe.Server.Hosting;
using YamlDotNet.Serialization;

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary><c>openapi.yaml</c>, as this build of the server carries it.</summary>
internal static class ApiContract
{
    public static string Text { get; } = ReadText();

    public static JsonElement Root { get; } = Parse(Text);

    public static IReadOnlyList<Operation> Operations { get; } =
    [
        .. Root.GetProperty("paths").EnumerateObject().SelectMany(path =>
            path.Value.EnumerateObject().Select(method => new Operation(method.Name.ToUpperInvariant(), path.Name, method.Value))),
    ];

    public static Operation Find(string operationId) => Operations.Single(operation => operation.Id == operationId);

    public static JsonElement Schema(string name) => Resolve(Root.GetProperty("components").GetProperty("schemas").GetProperty(name));

    /// <summary>What a reference points at, or the element itself.</summary>
    public static JsonElement Follow(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("$ref", out JsonElement reference)) return element;
        JsonElement target = Root;
        foreach (string step in reference.GetString()!.TrimStart('#', '/').Split('/')) target = target.GetProperty(step);
        return Follow(target);
    }

    /// <summary>A schema with its reference followed, and its <c>allOf</c> joined into one object.</summary>
    public static JsonElement Resolve(JsonElement schema)
    {
        schema = Follow(schema);
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("allOf", out JsonElement parts)) return schema;
        JsonObject joined = new() { ["properties"] = new JsonObject(), ["required"] = new JsonArray() };
        foreach (JsonElement part in parts.EnumerateArray()) Join(joined, JsonObject.Create(Resolve(part))!);
        return JsonSerializer.SerializeToElement(joined);
    }

    private static void Join(JsonObject joined, JsonObject part)
    {
        foreach ((string keyword, JsonNode? value) in part)
        {
            if (keyword == "properties") foreach ((string name, JsonNode? property) in value!.AsObject()) joined[keyword]![name] = property!.DeepClone();
            else if (keyword == "required") foreach (JsonNode? name in value!.AsArray()) joined[keyword]!.AsArray().Add(name!.DeepClone());
            else joined[keyword] = value?.DeepClone();
        }
    }

    private static string ReadText()
    {
        using Stream stream = typeof(AdaptiveServeHost).Assembly.GetManifestResourceStream("openapi.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static JsonElement Parse(string yaml)
    {
        IDeserializer deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().WithDuplicateKeyChecking().Build();
        return JsonSerializer.SerializeToElement(ToNode(deserializer.Deserialize<object>(yaml)));
    }

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        IDictionary<object, object?> map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key.ToString()!, ToNode(entry.Value)))),
        IEnumerable<object?> list => new JsonArray([.. list.Select(ToNode)]),
        _ => JsonSerializer.SerializeToNode(value, value.GetType()),
    };
}
