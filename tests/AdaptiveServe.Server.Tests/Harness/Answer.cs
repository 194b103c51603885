using System.Net.Http.Headers;
using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>An HTTP answer whose body is JSON.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">The headers, those of the content left out.</param>
/// <param name="ContentHeaders">Those of the content.</param>
internal sealed record Answer(int Status, JsonElement Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        JsonElement json = JsonSerializer.Deserialize<JsonElement>(body);
        return new Answer((int)response.StatusCode, json, response.Headers, response.Content.Headers);
    }

    /// <summary>The body, when the status is the expected one.</summary>
    public JsonElement Expect(int status)
    {
        Assert.True(Status == status, $"expected {status}, got {Status}: {Body}");
        return Body;
    }

    /// <summary>Checks that this is a refusal with the whole of OpenAI's error body.</summary>
    public Answer ExpectError(int status, string type, string? code, string? param = null)
    {
        JsonElement error = Assert.Single(Expect(status).EnumerateObject(), property => property.Name == "error").Value;
        Assert.Equal(["code", "message", "param", "type"], error.EnumerateObject().Select(property => property.Name).Order());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.Equal((type, code, param), (Text("type"), Text("code"), Text("param")));
        return this;

        string? Text(string name) => error.GetProperty(name).GetString();
    }

    /// <summary>Checks that the request was at fault.</summary>
    public Answer ExpectInvalid(string code, string? param = null) => ExpectError(400, "invalid_request_error", code, param);

    /// <summary>Checks that the server was, and that it says when to come back.</summary>
    public void ExpectUnavailable(string code) =>
        Assert.InRange(ExpectError(503, "service_unavailable_error", code).RetryAfterSeconds, 1, 60);

    /// <summary>The message of an error.</summary>
    public string Message => Body.GetProperty("error").GetProperty("message").GetString()!;

    /// <summary>Seconds of <c>Retry-After</c>.</summary>
    public double RetryAfterSeconds => Headers.RetryAfter!.Delta!.Value.TotalSeconds;
}
