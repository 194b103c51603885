using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Hosting;

public class LoadingTests
{
    [Fact]
    public async Task Loading_Requests_AreToldToComeBack()
    {
        using var loaded = new ManualResetEventSlim();
        await using TestServer server = await TestServer.StartLoadingAsync(services => services.UseRunner(() =>
        {
            loaded.Wait(Poll.Limit);
            return new ParrotModelRunner();
        }));
        try
        {
            foreach (string path in (string[])["/health/ready", "/health", "/v1/models", "/v1/models/fake"])
                (await server.GetAsync(path)).ExpectUnavailable("model_loading");
            foreach (bool stream in (bool[])[false, true])
                (await server.CompleteAsync(new { prompt = "x", stream })).ExpectUnavailable("model_loading");
            (await server.GetAsync("/health/live")).Expect(200);
            (await server.GetAsync("/nothing")).Expect(404);
            (await server.PostAsync("{")).Expect(400);
        }
        finally
        {
            loaded.Set();
        }

        await server.WaitUntilLoadedAsync();
        Assert.Equal("ok", (await server.GetAsync("/health/ready")).Expect(200).GetProperty("status").GetString());
        Assert.Equal("x", (await server.GetCompletionAsync(new { prompt = "x" })).Text);
    }
}
