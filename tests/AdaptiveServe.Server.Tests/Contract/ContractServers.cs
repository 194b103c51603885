using AdaptiveServe.Server.Tests.Contract;
using AdaptiveServe.Server.Tests.Harness;

[assembly: AssemblyFixture(typeof(RandomPairServer)), AssemblyFixture(typeof(ChatParrotServer))]

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>A server that tests share, with a pair of models with random weights and a chat template: whatever the contract describes can be asked of it.</summary>
public sealed class RandomPairServer : IAsyncLifetime
{
    public const string Template = """
        {%- if tools %}<|im_start|>system{{ '\n' }}{{ tools | tojson }}<|im_end|>{{ '\n' }}{% endif %}
        {%- for message in messages %}<|im_start|>{{ message.role }}{{ '\n' }}{{ message.content or message.tool_calls | tojson }}<|im_end|>{{ '\n' }}{% endfor %}
        {%- if add_generation_prompt %}<|im_start|>assistant{{ '\n' }}{% endif %}
        """;

    private readonly RandomCheckpoint _checkpoint = new(context: 2048);

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        string template = Path.Combine(_checkpoint.Folder, "template.jinja");
        await File.WriteAllTextAsync(template, Template);
        Server = await TestServer.StartAsync(
            _checkpoint.Folder, ("served-model-name", "demo"), ("small-model", _checkpoint.Folder), ("chat-template", template), ("prefix-caching", "false"));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _checkpoint.Dispose();
    }
}

/// <summary>A server that tests share, whose model answers a conversation with the last message: whoever writes that chooses the answer.</summary>
public sealed class ChatParrotServer : IAsyncLifetime
{
    private readonly ParrotTemplate _template = new();

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(new ParrotModelRunner(), _template.Settings);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _template.Dispose();
    }
}

/// <summary>The chat template of <see cref="ChatParrotServer"/>: the last message alone. It allows tools and does not tell of them.</summary>
internal sealed class ParrotTemplate : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public ParrotTemplate() => File.WriteAllText(_file, "{%- if tools %}{% endif %}{{ messages[-1].content }}");

    /// <summary>What a server needs for it.</summary>
    public (string Name, string Value)[] Settings => [("chat-template", _file), ("prefix-caching", "false")];

    public void Dispose() => File.Delete(_file);
}
