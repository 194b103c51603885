using System.Text;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Access;

/// <summary>Clients that do everything wrong, each beside one that does not and is served meanwhile.</summary>
public class HostileClientTests
{
    private const string Path = "/v1/completions";

    /// <summary>Bytes of no protocol, of another one, and heads that are malformed or too large.</summary>
    [Theory]
    [InlineData("\u0000\u0001\u00ff\u00fe garbage \r\n\r\n", "")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003 hello of a TLS client \r\n\r\n", "")]
    [InlineData("GET\r\n\r\n", "400")]
    [InlineData("GET / HTTP/9.9\r\nHost: x\r\n\r\n", "505")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nA: \u0001\u0000\r\n\r\n", "400")]
    [InlineData("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", "400")]
    [InlineData("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400")]
    [InlineData("POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: other\r\n\r\n", "400")]
    public async Task Bytes_NoRequest_AreTurnedAway(string bytes, string status)
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner());
        using RawConnection connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(bytes);
        Assert.StartsWith(status.Length > 0 ? $"HTTP/1.1 {status}" : "", await connection.ReadToEndAsync(), StringComparison.Ordinal);
        await ServesAsync(server);
    }

    [Theory]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: x\r\n\r\n", "414")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nA: {0}\r\n\r\n", "431")]
    public async Task Head_TooLarge_IsTurnedAway(string head, string status)
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner());
        using RawConnection connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(head.Replace("{0}", new string('a', 40_000), StringComparison.Ordinal));
        Assert.StartsWith($"HTTP/1.1 {status}", await connection.ReadToEndAsync(), StringComparison.Ordinal);
        await ServesAsync(server);
    }

    /// <summary>They send a part and then nothing; others need not wait for them, and nothing of theirs is computed.</summary>
    [Fact]
    public async Task Clients_ThatStall_DisturbNobody()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner());
        var stalled = new List<RawConnection>();
        for (int i = 0; i < 50; i++)
        {
            RawConnection connection = await RawConnection.OpenAsync(server);
            stalled.Add(connection);
            if (i % 3 == 0) continue; // connects only
            if (i % 3 == 1) await connection.SendAsync("POST /v1/comp");
            else
            {
                await connection.SendHeadAsync(Path, 1000);
                await connection.SendAsync("{\"prompt\": \"half");
            }
        }

        await ServesAsync(server);
        foreach (RawConnection connection in stalled) connection.Reset();
        await ServesAsync(server);
    }

    [Fact]
    public async Task Clients_ThatVanish_LeaveNothingBehind()
    {
        await using GatedServer gated = await GatedServer.StartAsync();
        var gone = new List<RawConnection>();
        for (int i = 0; i < 10; i++)
        {
            RawConnection connection = await RawConnection.OpenAsync(gated.Server);
            gone.Add(connection);
            await connection.SendPostAsync(Path, $$"""{"prompt": "abc", "stream": {{(i % 2 == 0 ? "true" : "false")}}, "n": 3}""");
        }

        await Poll.UntilAsync(() => gated.Server.Engine.Snapshot() is var snapshot && snapshot.Running + snapshot.Waiting == 30, "all requests");
        foreach (RawConnection connection in gone) connection.Reset();
        gated.Gate.Open();
        await gated.Server.WaitUntilIdleAsync();
        await ServesAsync(gated.Server);
    }

    /// <summary>Their answers stand in the server's and the system's buffers until they leave; the model does not wait for them.</summary>
    [Fact]
    public async Task Clients_ThatDoNotRead_DisturbNobody()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner());
        var deaf = new List<RawConnection>();
        string body = $$"""{"prompt": "{{new string('x', 1000)}}", "max_tokens": 1000, "n": 8, "stream": true, "logprobs": 5}""";
        for (int i = 0; i < 5; i++)
        {
            RawConnection connection = await RawConnection.OpenAsync(server);
            deaf.Add(connection);
            await connection.SendPostAsync(Path, body);
        }

        await ServesAsync(server);
        await server.WaitUntilIdleAsync(); // everything is generated though nobody reads it
        await ServesAsync(server);
        foreach (RawConnection connection in deaf) connection.Reset();
        await ServesAsync(server);
    }

    [Fact]
    public async Task Client_ThatSendsByteByByte_IsServed()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner());
        using RawConnection slow = await RawConnection.OpenAsync(server);
        const string Body = """{"prompt": "slow"}""";
        string request = $"POST {Path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}";
        foreach (char character in request) await slow.SendAsync(character.ToString());
        Assert.Contains("\"text\":\"slow\"", await slow.ReadUntilAsync("\"adaptive\""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatSendsSeveralRequestsAtOnce_GetsEveryAnswerInOrder()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner());
        using RawConnection eager = await RawConnection.OpenAsync(server);
        var requests = new StringBuilder();
        foreach (string word in (string[])["one", "two", "three"])
        {
            string body = $$"""{"prompt": "{{word}}"}""";
            requests.Append($"POST {Path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }

        await eager.SendAsync(requests.Append("GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ToString());
        string answers = await eager.ReadToEndAsync();
        int[] places = [.. new[] { "\"text\":\"one\"", "\"text\":\"two\"", "\"text\":\"three\"", "\"version\":" }.Select(text => answers.IndexOf(text, StringComparison.Ordinal))];
        Assert.True(places[0] > 0);
        Assert.Equal(places.Order(), places);
    }

    /// <summary>Bodies that are cheap to send and dear to read, from several clients at once.</summary>
    [Fact]
    public async Task Bodies_MadeToHurt_AreRefusedQuickly()
    {
        await using TestServer server = await TestServer.StartAsync(new ParrotModelRunner());
        string[] bodies =
        [
            $$"""{"messages": [{{Repeat("0,", 1_000_000)}}0]}""",
            $$"""{"messages": [{{Repeat("{},", 1_000_000)}}{}]}""",
            $$"""{"messages": {{Repeat("[", 1_000_000)}}""",
            $$"""{"a": {{Repeat("{\"a\":", 500_000)}}""",
            $$"""{"messages": [{"role": "user", "content": "{{Repeat("\\ud800", 500_000)}}"}]}""",
            $$"""{"tools": [{{Repeat("null,", 500_000)}}null], "messages": [{"role": "user", "content": "x"}]}""",
            $$"""{"stop": [{{Repeat("\"a\",", 500_000)}}"a"], "messages": [{"role": "user", "content": "x"}]}""",
            "{" + string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"{i}\": 1")) + "}",
            $$"""{"max_tokens": {{Repeat("9", 1_000_000)}}, "messages": [{"role": "user", "content": "x"}]}""",
        ];
        List<Task<Answer>> answers = [.. bodies.Select(body => server.PostAsync(body, Chats.Path))];
        await ServesAsync(server);
        foreach (Task<Answer> answer in answers) (await answer).Expect(400);
        await ServesAsync(server);
        await server.WaitUntilIdleAsync();

        static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
    }

    private static async Task ServesAsync(TestServer server)
    {
        Assert.Equal("well", (await server.GetCompletionAsync(new { prompt = "well" })).Text);
        (await server.GetAsync("/health/ready")).Expect(200);
    }
}
