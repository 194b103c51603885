using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests;

/// <summary>What the server is for: many clients at once on a real model, and each gets what it would get alone.</summary>
public class MainJobTests
{
    private const int Clients = 64;

    [Theory, InlineData("stories260K"), InlineData("babyllama-105")]
    public async Task Serve_ManyGreedyStreams_EachIsTheKnownText(string name)
    {
        (string folder, List<GoldenText> cases) = Load(name);
        await using TestServer server = await TestServer.StartAsync(folder);
        Assert.Equal(name, server.Model.Name);
        await CrowdAsync(async client =>
        {
            GoldenText golden = cases[client % cases.Count];
            Completion answer = await server.GetStreamedAsync(golden.Request(golden.Tokens));
            Assert.Equal((golden.Text, golden.StopsAtBos ? "stop" : "length"), (answer.Text, answer.FinishReason));
        });
        await server.WaitUntilIdleAsync();
        string longest = cases.MaxBy(golden => golden.Prompt.Length)!.Prompt;
        Completion again = await server.GetCompletionAsync(new { prompt = longest, max_tokens = 1 });
        Assert.InRange(again.Usage!.Cached, 16, again.Usage.Prompt);
    }

    /// <summary>Short memory for keys and values: sequences wait, and give their blocks back in the middle.</summary>
    [Theory, InlineData("stories260K", "0.0025"), InlineData("babyllama-105", "0.005")]
    public async Task Serve_MixedLengthsInShortMemory_EachIsTheTextOfAlone(string name, string memory)
    {
        (string folder, List<GoldenText> cases) = Load(name);
        (string, string)[] settings = [("kv-memory", memory), ("max-batch-tokens", "128"), ("max-sequences", "32")];
        await using TestServer server = await TestServer.StartAsync(folder, settings);
        var alone = new List<string>();
        for (int client = 0; client < Clients; client++) alone.Add((await server.GetCompletionAsync(Request(client, stream: false))).Text);
        Assert.True(alone.Distinct().Count() > Clients / 2);
        await CrowdAsync(async client => Assert.Equal(alone[client], client % 2 == 0
            ? (await server.GetStreamedAsync(Request(client, stream: true))).Text
            : (await server.GetCompletionAsync(Request(client, stream: false))).Text));
        await server.WaitUntilIdleAsync();
        Assert.True(server.Engine.Snapshot().Preemptions > 0, "this memory was meant to be short");

        object Request(int client, bool stream) => new
        {
            prompt = cases[client % cases.Count].Prompt,
            max_tokens = 1 + client * 37 % 150,
            seed = client,
            temperature = client % 3 == 0 ? 0 : 0.9,
            top_p = client % 5 == 0 ? 0.8 : 1,
            stream,
        };
    }

    [Fact]
    public async Task Serve_PairOfOneCheckpoint_IsReadyAndServes()
    {
        (string folder, List<GoldenText> cases) = Load("stories260K");
        await using TestServer server = await TestServer.StartAsync(folder, ("small-model", folder), ("small-dtype", "bfloat16"));
        (await server.GetAsync("/health/ready")).Expect(200);
        Completion large = await server.GetStreamedAsync(cases[0].Request(cases[0].Tokens));
        Assert.Equal(cases[0].Text, large.Text);
        await CrowdAsync(async client =>
        {
            bool isSmall = client % 2 == 0;
            string model = isSmall ? "stories260K:small" : "stories260K";
            object body = new { model, prompt = cases[0].Prompt, temperature = 0, max_tokens = 20 };
            Completion answer = await server.GetCompletionAsync(body);
            Assert.StartsWith(cases[0].Text[..8], answer.Text, StringComparison.Ordinal); // rounded weights follow for a while
            if (!isSmall) Assert.StartsWith(answer.Text, cases[0].Text, StringComparison.Ordinal);
        });
        await server.WaitUntilIdleAsync();
    }

    /// <summary>The same without real data: weights at random.</summary>
    [Fact]
    public async Task Serve_RandomModel_EachIsTheTextOfAlone()
    {
        using var checkpoint = new RandomCheckpoint();
        await using TestServer server = await TestServer.StartAsync(checkpoint.Folder, ("max-batch-tokens", "64"), ("max-sequences", "24"));
        var alone = new List<string>();
        for (int client = 0; client < Clients; client++) alone.Add((await server.GetCompletionAsync(Request(client, stream: false))).Text);
        await CrowdAsync(async client => Assert.Equal(alone[client], (await server.GetStreamedAsync(Request(client, stream: true))).Text));
        await server.WaitUntilIdleAsync();

        static object Request(int client, bool stream) =>
            new { prompt = new string((char)('a' + client % 7), 1 + client), max_tokens = 1 + client * 37 % 100, seed = client, stream };
    }

    /// <summary>The same on the pair that comes with the project, both of its models at once.</summary>
    [Fact]
    public async Task Serve_DemoPair_EachIsTheTextOfAlone()
    {
        DemoServer.RequirePair();
        await using TestServer server = await TestServer.StartDemoAsync(("max-batch-tokens", "64"), ("max-sequences", "24"));
        var alone = new List<string?>();
        for (int client = 0; client < Clients; client++) alone.Add((await server.GetChatAsync(Request(client))).Content);
        Assert.True(alone.Distinct().Count() > Clients / 2);
        await CrowdAsync(async client => Assert.Equal(alone[client], client % 2 == 0
            ? (await server.GetStreamedChatAsync(Request(client).Streamed())).Content
            : (await server.GetChatAsync(Request(client))).Content));
        await server.WaitUntilIdleAsync();

        Dictionary<string, object?> Request(int client) =>
            DemoRequest.Create(server, DemoRequest.Names[client % DemoRequest.Names.Length], client, tokens: 1 + client * 37 % 60)
                .With("temperature", client % 4 == 0 ? 0 : 1)
                .With("messages", Chats.User($"What is {client} plus {new string('1', 1 + client % 40)}?"));
    }

    private static async Task CrowdAsync(Func<int, Task> client) =>
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => Task.Run(() => client(i))));

    private static (string Folder, List<GoldenText> Cases) Load(string name)
    {
        string folder = SharedData.Path("models/" + name);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        return (folder, [.. golden.RootElement.GetProperty("cases").EnumerateArray().Select(GoldenText.Read)]);
    }

    /// <summary>A prompt and what the model is known to say after it.</summary>
    private sealed record GoldenText(string Prompt, string Text, int Tokens, bool StopsAtBos)
    {
        public object Request(int maxTokens) => new
        {
            prompt = Prompt,
            temperature = 0,
            max_tokens = maxTokens,
            stop_token_ids = StopsAtBos ? [1] : Array.Empty<int>(), // these checkpoints were trained with that token between their stories
            stream = true,
        };

        public static GoldenText Read(JsonElement element)
        {
            string prompt = element.GetProperty("prompt").GetString()!, whole = element.GetProperty("full_text").GetString()!;
            Assert.EndsWith(element.GetProperty("greedy_text").GetString()!, whole, StringComparison.Ordinal);
            int tokens = element.GetProperty("greedy_ids").GetArrayLength();
            return new GoldenText(prompt, whole[prompt.Length..], tokens, element.GetProperty("stop").GetString() == "bos");
        }
    }
}
