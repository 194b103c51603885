using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Contract;

public sealed partial class ErrorTests(RandomPairServer fixture)
{
    private const string Good = """{"prompt": "a", "max_tokens": 1}""";

    public static TheoryData<string> WithBody => [.. ApiContract.Operations.Where(operation => operation.RequestSchema is not null).Select(operation => operation.Id)];

    public static TheoryData<string> Guarded =>
        [.. ApiContract.Operations.Where(operation => !operation.Node.TryGetProperty("security", out _)).Select(operation => operation.Id)];

    /// <summary>Every word that the source gives to an error as its class or its code is in the contract, and nothing else is.</summary>
    [Fact]
    public void ErrorCodes_OfTheSource_AreTheContracts()
    {
        IEnumerable<string> words = Directory.EnumerateFiles(SourceFolder(), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => Throwing().Matches(File.ReadAllText(file)))
            .SelectMany(statement => Word().Matches(statement.Value)).Select(word => word.Groups[1].Value);
        Assert.Equal(
            Enum("ErrorType").Concat(Enum("ErrorCode")).Order(),
            words.Where(word => !NoCodes.Contains(word)).Distinct().Order());
    }

    [Fact]
    public void ErrorCodes_AllOfThem_AreExplained()
    {
        string description = ApiContract.Schema("ErrorCode").GetProperty("description").GetString()!;
        Assert.Equal(Enum("ErrorCode").Order(), Code().Matches(description).Select(code => code.Groups[1].Value).Distinct().Order());
    }

    [Theory, MemberData(nameof(WithBody))]
    public async Task BadBodies_OfAnyOperation_GetDocumentedAnswers(string operationId)
    {
        TestServer server = fixture.Server;
        Assert.Equal("invalid_json", Error(await server.CallAsync(operationId, 400, "{")));
        Assert.Equal("missing_field", Error(await server.CallAsync(operationId, 400, "{}")));
        Assert.Equal("model_not_found", Error(await server.CallAsync(operationId, 404, """{"model": "other"}""")));
        Assert.Equal("unsupported_media_type", Error(await server.CallAsync(operationId, 415, new StringContent(Good, Encoding.UTF8, "text/plain"))));
    }

    [Fact]
    public async Task TooLargeBodies_OfAnyOperation_GetDocumentedAnswers()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("max-request-bytes", "1024"));
        foreach (string operationId in WithBody.Select(row => row.Data))
            Assert.Equal("request_too_large", Error(await server.CallAsync(operationId, 413, new string(' ', 1025))));
    }

    [Fact]
    public async Task GetModel_Unknown_GetsADocumentedAnswer() =>
        Assert.Equal("model_not_found", Error(await fixture.Server.CallAsync("getModel", 404, path: "/v1/models/other")));

    [Fact]
    public async Task KeysAndQuotas_OfAGuardedServer_GetDocumentedAnswers()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner(), ("api-key", "secret"), ("requests-per-minute", "1"));
        foreach (Operation operation in ApiContract.Operations)
        {
            bool isOpen = operation.Node.TryGetProperty("security", out JsonElement security);
            Assert.True(!isOpen || security.GetArrayLength() == 0);
            IReadOnlyList<JsonElement> answer = await server.CallAsync(operation.Id, isOpen ? 200 : 401);
            if (!isOpen) Assert.Equal("invalid_api_key", Error(answer));
        }

        using StringContent first = new(Good, Encoding.UTF8, "application/json"), second = new(Good, Encoding.UTF8, "application/json");
        await server.CallAsync("createCompletion", 200, first, null, ("X-Api-Key", "secret"));
        Assert.Equal("rate_limit_exceeded", Error(await server.CallAsync("createCompletion", 429, second, null, ("Authorization", "Bearer secret"))));
    }

    [Fact]
    public async Task ModelLoading_OfAnyOperationThatNeedsIt_GetsADocumentedAnswer()
    {
        using var loaded = new ManualResetEventSlim();
        await using TestServer server = await TestServer.StartLoadingAsync(services => services.UseRunner(() =>
        {
            loaded.Wait(Poll.Limit);
            return new ParrotModelRunner();
        }));
        try
        {
            foreach (Operation operation in ApiContract.Operations)
            {
                bool needsModel = operation.Statuses.Contains("503") && operation.Id != "getLiveness";
                string? body = operation.RequestSchema is null ? null : "{}";
                IReadOnlyList<JsonElement> answer = await server.CallAsync(operation.Id, needsModel ? 503 : 200, body, operation.Path.Replace("{id}", "fake", StringComparison.Ordinal));
                if (needsModel) Assert.Equal("model_loading", Error(answer));
            }
        }
        finally
        {
            loaded.Set();
        }
    }

    [Fact]
    public async Task FailuresAndTimeouts_OfTheModel_GetDocumentedAnswers()
    {
        using var released = new ManualResetEventSlim();
        bool fails = false;
        var runner = new ParrotModelRunner
        {
            BeforeExecute = _ =>
            {
                if (Volatile.Read(ref fails)) throw new InvalidOperationException("a test's failure");
                released.Wait(Poll.Limit);
            },
        };
        await using TestServer server = await TestServer.StartAsync(runner);
        using StringContent content = new(Good, Encoding.UTF8, "application/json");
        Assert.Equal("request_timeout", Error(await server.CallAsync("createCompletion", 504, content, null, ("X-Request-Timeout", "0.05"))));
        Volatile.Write(ref fails, true);
        released.Set();
        Assert.Equal("internal_error", Error(await server.CallAsync("createCompletion", 500, Good)));
    }

    [Theory, InlineData("/nothing", "GET", 404, "unknown_url"), InlineData("/v1/completions", "GET", 405, "method_not_allowed"), InlineData("/metrics", "POST", 405, "method_not_allowed")]
    public async Task UnknownPathsAndMethods_Always_GetAnErrorBody(string path, string method, int status, string code)
    {
        Answer answer = await fixture.Server.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        SchemaValidator.Closed.Require(ApiContract.Schema("Error"), answer.Expect(status));
        Assert.Equal(code, Error([answer.Body]));
    }

    private static string? Error(IReadOnlyList<JsonElement> bodies) => Assert.Single(bodies).GetProperty("error").GetProperty("code").GetString();

    private static IEnumerable<string> Enum(string schema) =>
        ApiContract.Schema(schema).GetProperty("enum").EnumerateArray().Where(word => word.ValueKind != JsonValueKind.Null).Select(word => word.GetString()!);

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../src/AdaptiveServe.Server"));

    /// <summary>Statements that make an error, from where they begin to.</summary>
    [GeneratedRegex(@"(ApiException\b|throw (Invalid|NotSupported)\().*?;\r?\n", RegexOptions.Singleline)]
    private static partial Regex Throwing();

    [GeneratedRegex("\"([a-z]+(?:_[a-z]+)+)\"")]
    private static partial Regex Word();

    [GeneratedRegex("`([a-z]+(?:_[a-z]+)+)`")]
    private static partial Regex Code();

    /// <summary>Words in such statements that are something else.</summary>
    private static readonly string[] NoCodes = ["max_tokens"];
}
