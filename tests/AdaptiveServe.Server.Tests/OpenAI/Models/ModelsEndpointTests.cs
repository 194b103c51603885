using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.OpenAI.Models;

public class ModelsEndpointTests(ParrotServer parrot)
{
    private readonly TestServer _server = parrot.Server;

    [Theory, InlineData("/v1/models"), InlineData("/v1/models/")]
    public async Task List_OneModel_DescribesIt(string path)
    {
        JsonElement list = (await _server.GetAsync(path)).Expect(200);
        Assert.Equal("list", list.GetProperty("object").GetString());
        Check(list.GetProperty("data").EnumerateArray().First());
    }

    [Fact]
    public async Task Get_ByName_DescribesIt() => Check((await _server.GetAsync("/v1/models/fake")).Expect(200));

    [Fact]
    public async Task Get_NameWithSlash_DescribesIt()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("served-model-name", "org/model-1.5"));
        Assert.Equal("org/model-1.5", (await server.GetAsync("/v1/models/org/model-1.5")).Expect(200).GetProperty("id").GetString());
        Assert.Equal("org/model-1.5", (await server.GetCompletionAsync(new { model = "org/model-1.5", prompt = "x" })).Model);
    }

    [Theory, InlineData("other"), InlineData("Fake"), InlineData("fake/x"), InlineData("fake:nothing")]
    public async Task Get_UnknownName_IsNotFound(string name) =>
        (await _server.GetAsync($"/v1/models/{name}")).ExpectError(404, "invalid_request_error", "model_not_found", "model");

    private static void Check(JsonElement card)
    {
        Assert.Equal(("fake", "model", "adaptiveserve"),
            (card.GetProperty("id").GetString(), card.GetProperty("object").GetString(), card.GetProperty("owned_by").GetString()));
        Assert.Equal(2048, card.GetProperty("max_model_len").GetInt32());
        Assert.InRange(card.GetProperty("created").GetInt64(), 1_700_000_000, 10_000_000_000);
    }
}
