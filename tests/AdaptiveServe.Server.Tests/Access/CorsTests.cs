using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Access;

public class CorsTests
{
    private const string Origin = "https://app.example";

    [Fact]
    public async Task Preflight_AllowedOrigin_NeedsNoKey()
    {
        await using TestServer server = await StartAsync(Origin);
        using HttpResponseMessage response = await SendAsync(server, "OPTIONS", "/v1/chat/completions", Origin);
        Assert.Equal(204, (int)response.StatusCode);
        Assert.Equal(Origin, Header(response, "Access-Control-Allow-Origin"));
        Assert.Contains("POST", Header(response, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("authorization", Header(response, "Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
        Assert.Null(Header(response, "Access-Control-Allow-Credentials"));
    }

    /// <summary>Without these headers a page could not read why it was refused.</summary>
    [Theory]
    [InlineData("GET", "/version", "key", 200)]
    [InlineData("GET", "/version", null, 401)]
    [InlineData("GET", "/nothing", "key", 404)]
    [InlineData("GET", "/v1/completions", "key", 405)]
    [InlineData("POST", "/v1/completions", "key", 415)]
    public async Task Request_AllowedOrigin_HeadersOnEveryAnswer(string method, string path, string? key, int status)
    {
        await using TestServer server = await StartAsync(Origin);
        using HttpResponseMessage response = await SendAsync(server, method, path, Origin, key);
        Assert.Equal((status, Origin), ((int)response.StatusCode, Header(response, "Access-Control-Allow-Origin")));
        Assert.Contains("Retry-After", Header(response, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Contains("X-Request-Id", Header(response, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
    }

    [Theory, InlineData("https://evil.example"), InlineData("http://app.example"), InlineData("https://app.example:8443"), InlineData("null")]
    public async Task Request_OtherOrigin_HasNoHeaders(string origin)
    {
        await using TestServer server = await StartAsync(Origin);
        using HttpResponseMessage preflight = await SendAsync(server, "OPTIONS", "/v1/completions", origin), request = await SendAsync(server, "GET", "/health", origin);
        Assert.Null(Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Equal((200, null), ((int)request.StatusCode, Header(request, "Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task Request_AnyOriginAllowed_IsTold()
    {
        await using TestServer server = await StartAsync("*");
        using HttpResponseMessage response = await SendAsync(server, "GET", "/health", "https://anyone.example");
        Assert.Equal("*", Header(response, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Request_NothingConfigured_HasNoHeaders()
    {
        await using TestServer server = await StartAsync(null);
        using HttpResponseMessage preflight = await SendAsync(server, "OPTIONS", "/v1/completions", Origin), request = await SendAsync(server, "GET", "/health", Origin);
        Assert.Null(Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Null(Header(request, "Access-Control-Allow-Origin"));
    }

    private static Task<TestServer> StartAsync(string? origin) =>
        TestServer.StartAsync(new ParrotModelRunner(), [("api-key", "key"), .. origin is null ? [] : new[] { ("cors-origin", origin) }]);

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, string method, string path, string origin, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", origin);
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        if (method == "OPTIONS")
        {
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization, content-type");
        }

        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(',', values) : null;
}
