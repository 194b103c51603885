using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>Requests for <c>/v1/chat/completions</c>.</summary>
internal static class Chats
{
    public const string Path = "/v1/chat/completions";

    /// <summary>A conversation of one message.</summary>
    public static object[] User(string content) => [new { role = "user", content }];

    /// <param name="server">The server.</param>
    /// <param name="body">An object to be written as JSON.</param>
    public static Task<Answer> ChatAsync(this TestServer server, object body) => server.PostAsync(JsonSerializer.Serialize(body), Path);

    /// <summary>The reply that a good request gets.</summary>
    public static async Task<ChatReply> GetChatAsync(this TestServer server, object body) => ChatReply.Read((await server.ChatAsync(body)).Expect(200));

    /// <summary>The reply that a good request gets in parts; the body says that it streams.</summary>
    public static async Task<ChatReply> GetStreamedChatAsync(this TestServer server, object body) => ChatReply.Join(await server.GetChatPartsAsync(body));

    public static async Task<List<JsonElement>> GetChatPartsAsync(this TestServer server, object body)
    {
        await using EventStream events = await EventStream.OpenAsync(server.Client, Path, JsonSerializer.Serialize(body));
        return await events.ReadToEndAsync();
    }

    /// <summary>The same request whole or in parts, whose replies are the same.</summary>
    public static Task<ChatReply> GetChatAsync(this TestServer server, bool stream, params IEnumerable<(string Name, object? Value)> fields)
    {
        var body = fields.ToDictionary(field => field.Name, field => field.Value);
        if (!stream) return server.GetChatAsync(body);
        body["stream"] = true;
        body["stream_options"] = new { include_usage = true };
        return server.GetStreamedChatAsync(body);
    }
}
