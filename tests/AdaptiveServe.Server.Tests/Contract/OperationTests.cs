using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptiveServe.Server.Tests.Contract;

public sealed class OperationTests(RandomPairServer fixture)
{
    [Fact]
    public void Operations_AndMappedEndpoints_AreTheSame()
    {
        IEnumerable<string> mapped = fixture.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>().SelectMany(Describe);
        Assert.Equal(ApiContract.Operations.Select(operation => operation.ToString()).Order(), mapped.Order());
    }

    [Fact]
    public void Operations_AllOfThem_AreNamedTaggedAndSummarized()
    {
        var tags = ApiContract.Root.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString()).ToHashSet();
        Assert.Equal(ApiContract.Operations.Count, ApiContract.Operations.Select(operation => operation.Id).Distinct().Count());
        Assert.All(ApiContract.Operations, operation =>
        {
            Assert.Contains(Assert.Single(operation.Node.GetProperty("tags").EnumerateArray()).GetString(), tags);
            Assert.EndsWith(".", operation.Node.GetProperty("summary").GetString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void References_AllOfThem_PointAtSomething()
    {
        int count = 0;
        Visit(ApiContract.Root);
        Assert.True(count > 100);

        void Visit(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array) foreach (JsonElement item in element.EnumerateArray()) Visit(item);
            if (element.ValueKind != JsonValueKind.Object) return;
            if (element.TryGetProperty("$ref", out _))
            {
                ApiContract.Follow(element);
                count++;
            }

            foreach (JsonProperty member in element.EnumerateObject()) Visit(member.Value);
        }
    }

    [Fact]
    public async Task GetContract_Always_GivesThisDocument()
    {
        await fixture.Server.CallAsync("getContract", 200);
        Assert.Equal(ApiContract.Text, await fixture.Server.Client.GetStringAsync("/openapi.yaml", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task GetVersion_Always_IsTheContracts()
    {
        JsonElement answer = (await fixture.Server.CallAsync("getVersion", 200))[0];
        Assert.Equal(ApiContract.Root.GetProperty("info").GetProperty("version").GetString(), answer.GetProperty("version").GetString());
    }

    private static IEnumerable<string> Describe(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText!.Replace("**", "", StringComparison.Ordinal)}");
}
