using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Contract;

public sealed class ExampleTests(RandomPairServer fixture)
{
    public static IEnumerable<TheoryDataRow<string, string>> Requests =>
        from operation in ApiContract.Operations
        from example in operation.RequestExamples
        select new TheoryDataRow<string, string>(operation.Id, example.Name);

    public static TheoryData<string> Operations => [.. ApiContract.Operations.Select(operation => operation.Id)];

    [Theory, MemberData(nameof(Requests))]
    public async Task Example_OfARequest_IsValidAndAccepted(string operationId, string name)
    {
        Operation operation = ApiContract.Find(operationId);
        JsonElement body = operation.RequestExamples.Single(example => example.Name == name).Value;
        SchemaValidator.Closed.Require(operation.RequestSchema!.Value, body);
        await fixture.Server.CallAsync(operationId, 200, body.GetRawText());
    }

    [Fact]
    public void RequestsWithBodies_AllOfThem_HaveExamples() =>
        Assert.All(ApiContract.Operations.Where(operation => operation.RequestSchema is not null), operation => Assert.NotEmpty(operation.RequestExamples));

    [Theory, MemberData(nameof(Operations))]
    public void Examples_OfAnswers_AreValid(string operationId)
    {
        foreach ((string place, JsonElement schema, JsonElement value) in ApiContract.Find(operationId).ResponseExamples)
            Assert.True(SchemaValidator.Closed.Validate(schema, value) is { Count: 0 }, $"{place}: {string.Join('\n', SchemaValidator.Closed.Validate(schema, value))}");
    }

    [Theory, InlineData("demo"), InlineData("demo:small"), InlineData("demo:entropy"), InlineData("demo:speculative")]
    public async Task Example_OfAModelsName_IsFound(string id) => await fixture.Server.CallAsync("getModel", 200, path: $"/v1/models/{id}");

    [Fact]
    public async Task Example_OfHeaders_IsAccepted()
    {
        using var body = new StringContent("""{"prompt": "a", "max_tokens": 1}""", System.Text.Encoding.UTF8, "application/json");
        await fixture.Server.CallAsync("createCompletion", 200, body, null, ("X-Request-Id", "checkout-42"), ("X-Request-Timeout", "2.5"));
    }
}
