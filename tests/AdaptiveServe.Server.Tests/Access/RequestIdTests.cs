using AdaptiveServe.Server.Access;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Access;

public class RequestIdTests(ParrotServer parrot)
{
    private readonly TestServer _server = parrot.Server;

    [Theory, InlineData("a"), InlineData("trace-1_2.3:4/5+6="), InlineData("0123456789abcdef0123456789abcdef")]
    public async Task Id_OfTheClient_IsReturned(string id)
    {
        Assert.Equal(id, await IdAsync("/health", id));
        Assert.Equal(id, await IdAsync("/no/such/path", id));
    }

    [Fact]
    public async Task Id_Longest_IsReturnedAndNoLonger()
    {
        Assert.Equal(new string('x', 128), await IdAsync("/health", new string('x', 128)));
        Assert.Matches("^req-[0-9a-f]{32}$", await IdAsync("/health", new string('x', 129)));
    }

    [Theory, InlineData(null), InlineData(""), InlineData("two words"), InlineData("a,b"), InlineData("<script>"), InlineData("a\tb"), InlineData("\"a\""), InlineData("a{b}")]
    public async Task Id_AbsentOrUnfit_IsReplaced(string? id)
    {
        string first = await IdAsync("/health", id), second = await IdAsync("/health", id);
        Assert.Matches("^req-[0-9a-f]{32}$", first);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Id_Twice_IsReplaced() => Assert.StartsWith("req-", await IdAsync("/health", "a", "b"), StringComparison.Ordinal);

    [Fact]
    public async Task Id_OfAStream_IsReturned()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent("""{"prompt": "x", "stream": true}""", null, "application/json"),
            Headers = { { RequestIdMiddleware.Header, "mine" } },
        };
        using HttpResponseMessage response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(["mine"], response.Headers.GetValues(RequestIdMiddleware.Header));
    }

    private async Task<string> IdAsync(string path, params string?[]? ids)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (string id in (ids ?? []).OfType<string>()) request.Headers.TryAddWithoutValidation(RequestIdMiddleware.Header, id);
        using HttpResponseMessage response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return Assert.Single(response.Headers.GetValues(RequestIdMiddleware.Header));
    }
}
