using System.Text;
using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>Sends requests, and holds every answer to what the contract says of its operation.</summary>
internal static class Conformance
{
    private const string Json = "application/json", Events = "text/event-stream";

    /// <param name="server">Whom to ask.</param>
    /// <param name="operationId">The operation that the answer must keep to.</param>
    /// <param name="status">The status that is expected.</param>
    /// <param name="body">The request's body; null sends none.</param>
    /// <param name="path">Where to, when the operation's path has a parameter.</param>
    /// <returns>The bodies: one, or those of all events.</returns>
    public static Task<IReadOnlyList<JsonElement>> CallAsync(this TestServer server, string operationId, int status, string? body = null, string? path = null) =>
        server.CallAsync(operationId, status, body is null ? null : new StringContent(body, Encoding.UTF8, Json), path);

    /// <inheritdoc cref="CallAsync(TestServer, string, int, string?, string?)"/>
    public static async Task<IReadOnlyList<JsonElement>> CallAsync(
        this TestServer server, string operationId, int status, HttpContent? body, string? path = null, params (string Name, string Value)[] headers)
    {
        Operation operation = ApiContract.Find(operationId);
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path ?? operation.Path) { Content = body };
        foreach ((string name, string value) in headers) request.Headers.Add(name, value);
        using HttpResponseMessage response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{operation} was answered with {response.StatusCode}, not {status}: {text}");
        return Check(operation, response, text);
    }

    public static string With(string json, params (string Name, object? Value)[] members)
    {
        var body = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
        foreach ((string name, object? value) in members) body[name] = JsonSerializer.SerializeToNode(value);
        return body.ToJsonString();
    }

    private static List<JsonElement> Check(Operation operation, HttpResponseMessage response, string text)
    {
        string status = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string mediaType = response.Content.Headers.ContentType!.MediaType!;
        Assert.Contains(status, operation.Statuses);
        Assert.Contains(mediaType, operation.MediaTypes(status));
        Assert.All(operation.Headers(status), header => Assert.True(response.Headers.Contains(header), $"{operation} {status} has no {header}"));
        List<JsonElement> bodies = mediaType switch
        {
            Json => [JsonSerializer.Deserialize<JsonElement>(text)],
            Events => [.. ReadEvents(text)],
            _ => [],
        };
        foreach (JsonElement body in bodies) SchemaValidator.Closed.Require(operation.ResponseSchema(status, mediaType), body);
        return bodies;
    }

    private static IEnumerable<JsonElement> ReadEvents(string text)
    {
        string[] events = text.Split("\n\n");
        Assert.Equal(["data: [DONE]", ""], events[^2..]);
        return events[..^2].Select(line => JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]));
    }
}
