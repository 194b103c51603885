using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>A default is what the server does without the member: sent or not, the answer is the same.</summary>
public sealed class DefaultTests(RandomPairServer fixture)
{
    public static IEnumerable<TheoryDataRow<string, string>> Defaults =>
        from operation in ApiContract.Operations
        where operation.RequestSchema is not null
        from path in Find(operation.RequestSchema!.Value, "")
        select new TheoryDataRow<string, string>(operation.Id, path);

    [Theory, MemberData(nameof(Defaults))]
    public async Task Default_Sent_ChangesNothing(string operationId, string path)
    {
        string without = Conformance.With(BaseRequests.ByOperation[operationId], BaseRequests.Needs(operationId, path.Split('/')[0]));
        string with = Put(without, path, Default(ApiContract.Find(operationId).RequestSchema!.Value, path));
        Assert.Equal(await AskAsync(operationId, without), await AskAsync(operationId, with));
    }

    [Fact]
    public async Task Seed_Another_GivesAnotherAnswer() // so the comparison above is one
    {
        string body = BaseRequests.ByOperation["createCompletion"];
        Assert.NotEqual(await AskAsync("createCompletion", body), await AskAsync("createCompletion", Conformance.With(body, ("seed", 6))));
        Assert.NotEqual(await AskAsync("createCompletion", body), await AskAsync("createCompletion", Conformance.With(body, ("temperature", 0.5))));
    }

    private async Task<string> AskAsync(string operationId, string body)
    {
        IEnumerable<JsonNode?> answers = (await fixture.Server.CallAsync(operationId, 200, body)).Select(answer => JsonNode.Parse(answer.GetRawText()));
        return string.Join('\n', answers.Select(answer =>
        {
            foreach (string name in (string[])["id", "created"]) answer!.AsObject().Remove(name);
            return answer!.ToJsonString();
        }));
    }

    private static IEnumerable<string> Find(JsonElement schema, string prefix)
    {
        if (!schema.TryGetProperty("properties", out JsonElement properties)) yield break;
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            JsonElement resolved = ApiContract.Resolve(property.Value);
            if (resolved.TryGetProperty("default", out _)) yield return prefix + property.Name;
            foreach (string inner in Find(resolved, $"{prefix}{property.Name}/")) yield return inner;
        }
    }

    private static JsonElement Default(JsonElement schema, string path)
    {
        foreach (string name in path.Split('/')) schema = ApiContract.Resolve(schema.GetProperty("properties").GetProperty(name));
        return schema.GetProperty("default");
    }

    private static string Put(string json, string path, JsonElement value)
    {
        JsonNode root = JsonNode.Parse(json)!, owner = root;
        string[] names = path.Split('/');
        foreach (string name in names[..^1]) owner = owner[name] ??= new JsonObject();
        owner[names[^1]] = JsonNode.Parse(value.GetRawText());
        return root.ToJsonString();
    }
}
