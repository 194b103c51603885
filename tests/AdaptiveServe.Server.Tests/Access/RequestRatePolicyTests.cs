using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Access;

public class RequestRatePolicyTests
{
    [Fact]
    public async Task Request_BeyondTheLimit_IsToldWhenToComeBack()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("requests-per-minute", "2"));
        Assert.Equal("x", (await server.GetCompletionAsync(new { prompt = "x" })).Text);
        (await server.PostAsync("{}")).Expect(400); // counts too: wrong requests cost as well
        foreach (string body in (string[])["""{"prompt": "x"}""", """{"prompt": "x", "stream": true}""", "{}"])
        {
            Answer refused = (await server.PostAsync(body)).ExpectError(429, "rate_limit_error", "rate_limit_exceeded");
            Assert.InRange(refused.RetryAfterSeconds, 1, 60);
        }

        (await server.PostAsync("{}", Chats.Path)).ExpectError(429, "rate_limit_error", "rate_limit_exceeded"); // one budget for both endpoints
        for (int i = 0; i < 3; i++) (await server.GetAsync("/v1/models")).Expect(200); // only generations are limited
        (await server.PostAsync("""{"prompt": "x"}""", "/tokenize")).Expect(200);
        await server.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task Request_OfAnotherKey_HasItsOwnLimit()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "one\ntwo\n", TestContext.Current.CancellationToken);
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("requests-per-minute", "1"), ("api-key-file", file));
        File.Delete(file);
        foreach ((string key, int status) in new[] { ("one", 200), ("one", 429), ("two", 200), ("two", 429) }) Assert.Equal(status, await StatusAsync(server, key));
    }

    /// <summary>Where no key is needed, one that a client makes up is no caller of its own.</summary>
    [Fact]
    public async Task Request_MadeUpKeys_ShareTheLimitOfTheAddress()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("requests-per-minute", "1"));
        foreach ((string? key, int status) in new[] { ("one", 200), ("two", 429), (null, 429) }) Assert.Equal(status, await StatusAsync(server, key));
    }

    [Fact]
    public async Task Request_NoLimit_IsServed()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("requests-per-minute", "0"));
        for (int i = 0; i < 50; i++) Assert.Equal(200, await StatusAsync(server, null));
    }

    private static async Task<int> StatusAsync(TestServer server, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new StringContent("""{"prompt": "x"}""", null, "application/json") };
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        return (await server.SendAsync(request)).Status;
    }
}
