using System.Text.Json.Nodes;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Training.Data;
using AdaptiveServe.Lab.Training.Tokenizer;
using AdaptiveServe.Text.ChatTemplates;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Tests.Training.Demo;

/// <summary>The whole way at the smallest size, once for all tests.</summary>
public sealed class SmokePair : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal LabRun Run { get; private set; } = null!;

    internal string Folder => Path.Combine(_folder.Path, "pair");

    public async ValueTask InitializeAsync() => Run = await LabRun.InvokeAsync("train", "demo-pair", "--out", Folder, "--preset", "smoke", "--threads", "1");

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

public class TrainDemoPairTests(SmokePair pair) : IClassFixture<SmokePair>
{
    [Fact]
    public void Train_Smoke_WritesTwoModelsThatLoad()
    {
        Assert.Equal("", pair.Run.Error);
        Assert.Equal(0, pair.Run.Code);
        foreach ((string name, int layers) in new[] { ("small", 1), ("large", 4) })
        {
            string folder = Path.Combine(pair.Folder, name);
            Assert.Equal(layers, ModelConfig.Load(folder).Layers);
            Assert.Equal(
                ["README.md", "config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
                Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            string card = File.ReadAllText(Path.Combine(folder, "README.md"));
            Assert.All(DemoTasks.All, task => Assert.Contains($"| {task.Task.Name} |", card, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Train_Smoke_DrawsPlots() => Assert.All(
        (string[])["loss", "accuracy", "tasks"],
        name => Assert.Contains("<svg", File.ReadAllText(Path.Combine(pair.Folder, "training", name + ".svg")), StringComparison.Ordinal));

    [Fact]
    public void Train_Smoke_LossFalls()
    {
        double[] losses = [.. File.ReadLines(Path.Combine(pair.Folder, "training", "large", "log.jsonl"))
            .Select(line => (double)JsonNode.Parse(line)!["loss"]!)];
        Assert.True(losses[^1] < losses[0] - 0.3, string.Join(' ', losses));
    }

    [Fact]
    public async Task Train_Again_GoesOnWhereItStopped()
    {
        string weights = Path.Combine(pair.Folder, "large", "model.safetensors");
        byte[] before = File.ReadAllBytes(weights);
        LabRun again = await LabRun.InvokeAsync("train", "demo-pair", "--out", pair.Folder, "--preset", "smoke", "--threads", "1");
        Assert.Equal(0, again.Code);
        Assert.DoesNotContain("step", again.Output, StringComparison.Ordinal); // all steps were done
        Assert.Equal(before, File.ReadAllBytes(weights));
    }

    /// <summary>What is trained on is what the server makes of the same chat.</summary>
    [Fact]
    public void Encode_Conversation_EqualsTemplateAndTokenizer()
    {
        string folder = Path.Combine(pair.Folder, "large");
        TextTokenizer tokenizer = TokenizerLoader.Load(folder);
        ChatTemplate template = ChatTemplateLoader.Load(folder)!.Default;
        ConversationEncoder encoder = new(tokenizer);
        foreach (Conversation chat in Conversations.Training(4).Take(300))
        {
            JsonArray messages = [];
            if (chat.System is { } system) messages.Add((JsonNode)Message("system", system));
            foreach (ConversationTurn turn in chat.Turns)
            {
                messages.Add((JsonNode)Message("user", turn.User));
                messages.Add((JsonNode)Message("assistant", turn.Assistant));
            }

            string text = template.Render(
                new JsonObject { ["messages"] = messages, ["add_generation_prompt"] = false }, DateTimeOffset.UnixEpoch);
            EncodedConversation encoded = encoder.Encode(chat);
            Assert.Equal(tokenizer.Encode(text, addSpecialTokens: false), encoded.Tokens);
            Assert.Equal(
                string.Concat(chat.Turns.Select(turn => turn.Assistant.Trim() + DemoTokens.End)),
                tokenizer.Decode([.. encoded.Tokens.Where((_, i) => encoded.IsTarget[i])], skipSpecialTokens: false));
        }
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
