using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Errors;

public class ErrorMiddlewareTests(ParrotServer parrot)
{
    private readonly TestServer _server = parrot.Server;

    [Theory]
    [InlineData("/"), InlineData("/v1"), InlineData("/v1/completion"), InlineData("/v2/completions"), InlineData("/v1/completions/x")]
    public async Task Path_Unknown_IsNotFound(string path)
    {
        (await _server.GetAsync(path)).ExpectError(404, "invalid_request_error", "unknown_url");
        (await _server.PostAsync("{}", path)).ExpectError(404, "invalid_request_error", "unknown_url");
    }

    [Theory]
    [InlineData("GET", "/v1/completions", "POST")]
    [InlineData("PUT", "/v1/completions", "POST")]
    [InlineData("DELETE", "/v1/models/fake", "GET")]
    [InlineData("POST", "/v1/models", "GET")]
    [InlineData("POST", "/health/ready", "GET")]
    public async Task Method_Wrong_IsNotAllowed(string method, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        Answer answer = (await _server.SendAsync(request)).ExpectError(405, "invalid_request_error", "method_not_allowed");
        Assert.Contains(allowed, answer.ContentHeaders.Allow);
    }
}
