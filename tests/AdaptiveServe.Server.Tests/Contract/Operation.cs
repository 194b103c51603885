using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>A method of a path, as the contract describes it.</summary>
internal sealed record Operation(string Method, string Path, JsonElement Node)
{
    private const string Json = "application/json";

    public string Id => Node.GetProperty("operationId").GetString()!;

    public IEnumerable<string> Statuses => Node.GetProperty("responses").EnumerateObject().Select(response => response.Name);

    /// <summary>The schema of its requests; null when they have no body.</summary>
    public JsonElement? RequestSchema => RequestContent is { } content ? ApiContract.Resolve(content.GetProperty("schema")) : null;

    public IEnumerable<Example> RequestExamples => RequestContent is { } content ? Example.All(content) : [];

    /// <summary>Every example of an answer, and the schema that it must satisfy.</summary>
    public IEnumerable<(string Place, JsonElement Schema, JsonElement Value)> ResponseExamples =>
        from status in Statuses
        from content in Contents(status)
        from example in Example.All(content.Value)
        select ($"{Id} {status} {content.Name} {example.Name}", content.Value.GetProperty("schema"), example.Value);

    public override string ToString() => $"{Method} {Path}";

    /// <summary>The headers that an answer with this status must have.</summary>
    public IEnumerable<string> Headers(string status) =>
        Response(status).TryGetProperty("headers", out JsonElement headers) ? headers.EnumerateObject().Select(header => header.Name) : [];

    public IEnumerable<string> MediaTypes(string status) => Contents(status).Select(content => content.Name);

    public JsonElement ResponseSchema(string status, string mediaType) =>
        Contents(status).Single(content => content.Name == mediaType).Value.GetProperty("schema");

    private JsonElement? RequestContent =>
        Node.TryGetProperty("requestBody", out JsonElement body) ? body.GetProperty("content").GetProperty(Json) : null;

    private JsonElement Response(string status) => ApiContract.Follow(Node.GetProperty("responses").GetProperty(status));

    private JsonElement.ObjectEnumerator Contents(string status) => Response(status).GetProperty("content").EnumerateObject();
}

internal sealed record Example(string Name, JsonElement Value)
{
    public static IEnumerable<Example> All(JsonElement content) => content.TryGetProperty("examples", out JsonElement examples)
        ? examples.EnumerateObject().Select(example => new Example(example.Name, example.Value.GetProperty("value")))
        : [];
}
