using System.Net;
using AdaptiveServe.Server.Access;
using AdaptiveServe.Server.Tests.Harness;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Tests.Access;

public sealed class ApiKeyTests : IAsyncLifetime
{
    private readonly string _file = Path.GetTempFileName();

    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_file, "# keys of the team\n\n  from-file \r\nsecond-from-file\n#no-key\n");
        _server = await TestServer.StartAsync(new ParrotModelRunner(), ("api-key", "from-flag"), ("api-key-file", _file));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        File.Delete(_file);
    }

    [Theory]
    [InlineData("GET", "/v1/models")]
    [InlineData("GET", "/v1/models/fake")]
    [InlineData("POST", "/v1/chat/completions")]
    [InlineData("POST", "/v1/completions")]
    [InlineData("POST", "/tokenize")]
    [InlineData("POST", "/detokenize")]
    [InlineData("POST", "/apply-template")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/version")]
    [InlineData("GET", "/openapi.yaml")]
    [InlineData("GET", "/")]
    [InlineData("GET", "/no/such/path")]
    [InlineData("DELETE", "/v1/models")]
    [InlineData("OPTIONS", "/v1/models")]
    [InlineData("GET", "/healthy")]
    [InlineData("GET", "/x/health")]
    public async Task Request_WithoutKnownKey_IsRefused(string method, string path)
    {
        foreach (string? key in (string?[])[null, "wrong", "from-fla", "from-flag2", "FROM-FLAG", "#no-key", "# keys of the team"])
        {
            using HttpRequestMessage request = Request(method, path, key is null ? [] : [("Authorization", $"Bearer {key}")]);
            Answer answer = (await _server.SendAsync(request)).ExpectError(401, "authentication_error", "invalid_api_key");
            Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
            Assert.True(answer.Headers.Contains(RequestIdMiddleware.Header));
        }
    }

    /// <summary>Written as it stands: other clients take such paths apart themselves.</summary>
    [Theory, InlineData("/health/../version"), InlineData("/health/%2e%2e/version"), InlineData("/health/..%2fversion"), InlineData("//health"), InlineData("/version#/health")]
    public async Task Request_PathThatLeavesHealth_IsRefused(string path)
    {
        using RawConnection connection = await RawConnection.OpenAsync(_server);
        await connection.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        string answer = await connection.ReadToEndAsync();
        Assert.Matches("^HTTP/1.1 4(00|01|04) ", answer);
        Assert.DoesNotContain("\"version\":", answer, StringComparison.Ordinal);
    }

    [Theory, InlineData("from-flag"), InlineData("from-file"), InlineData("second-from-file")]
    public async Task Request_WithKnownKey_IsServed(string key)
    {
        foreach ((string, string) header in new[] { ("Authorization", $"Bearer {key}"), ("authorization", $"bearer   {key}"), ("X-Api-Key", key) })
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("/v1/models", header));
        foreach (string path in (string[])["/metrics", "/version", "/openapi.yaml"]) Assert.Equal(HttpStatusCode.OK, await StatusAsync(path, ("X-Api-Key", key)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/no/such/path", ("X-Api-Key", key)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/v1/models", ("Authorization", "Basic eDp5"), ("X-Api-Key", key)));
    }

    [Theory, InlineData(""), InlineData(" "), InlineData("from-flag,from-flag"), InlineData("Bearer from-flag")]
    public async Task Request_KeyInAWrongForm_IsRefused(string key) => Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/v1/models", ("X-Api-Key", key)));

    [Theory, InlineData("from-flag"), InlineData("Basic from-flag"), InlineData("Bearer"), InlineData("Bearer "), InlineData("Bearerfrom-flag"), InlineData("Token from-flag")]
    public async Task Request_OtherScheme_IsRefused(string authorization) =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/v1/models", ("Authorization", authorization)));

    [Theory, InlineData("/health"), InlineData("/health/live"), InlineData("/health/ready"), InlineData("/HEALTH/live")]
    public async Task Health_WithoutKey_IsOpen(string path) => Assert.Equal("ok", (await _server.GetAsync(path)).Expect(200).GetProperty("status").GetString());

    [Theory, InlineData(""), InlineData("\n \n\t\n"), InlineData("# only a comment\n#key")]
    public void File_WithoutKeys_IsRefused(string content)
    {
        File.WriteAllText(_file, content);
        var exception = Assert.Throws<InvalidDataException>(() => new ApiKeys(Options.Create(new AccessOptions { ApiKeyFile = _file, ApiKey = ["other"] })));
        Assert.StartsWith("--api-key-file: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(_file, exception.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("/no/such/file"), InlineData("/")]
    public void File_NotReadable_IsRefused(string file)
    {
        var exception = Assert.Throws<InvalidDataException>(() => new ApiKeys(Options.Create(new AccessOptions { ApiKeyFile = file })));
        Assert.StartsWith("--api-key-file: ", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A file that was to guard the server and holds nothing must not leave it open.</summary>
    [Fact]
    public async Task Start_EmptyFile_IsRefused()
    {
        using var folder = new ByteTokenizerFolder();
        await File.WriteAllTextAsync(_file, "", TestContext.Current.CancellationToken);
        (int code, string output) = await ServerProcess.RunAsync(["--model", folder.Path, "--urls", "http://127.0.0.1:0", "--api-key-file", _file]);
        Assert.Equal(1, code);
        Assert.Equal($"--api-key-file: {_file} holds no key.", output.Trim());
    }

    [Theory, InlineData(""), InlineData("  ")]
    public async Task Start_BlankKey_IsRefused(string key)
    {
        using var folder = new ByteTokenizerFolder();
        (int code, string output) = await ServerProcess.RunAsync(["--model", folder.Path, "--urls", "http://127.0.0.1:0", "--api-key", key]);
        Assert.Equal((1, "--api-key: a value must not be blank."), (code, output.Trim()));
    }

    [Theory, InlineData(" "), InlineData(","), InlineData("key,")]
    public async Task Start_BlankKeyOfTheEnvironment_IsRefused(string keys)
    {
        using var folder = new ByteTokenizerFolder();
        (int code, string output) = await ServerProcess.RunAsync(
            ["--model", folder.Path, "--urls", "http://127.0.0.1:0"], new Dictionary<string, string> { ["ADAPTIVESERVE_API_KEY"] = keys });
        Assert.Equal((1, "--api-key: a value must not be blank."), (code, output.Trim()));
    }

    [Fact]
    public void KeyOf_SeveralHeaders_IsNoneOfThem()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["X-Api-Key"] = new[] { "from-flag", "other" };
        Assert.Null(ApiKeys.KeyOf(context.Request));
        context.Request.Headers.Authorization = new[] { "Bearer a", "Bearer b" };
        Assert.Equal("a,Bearer b", ApiKeys.KeyOf(context.Request));
    }

    private static HttpRequestMessage Request(string method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private async Task<HttpStatusCode> StatusAsync(string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = Request("GET", path, headers);
        using HttpResponseMessage response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
