using System.Text.Json.Nodes;
using AdaptiveServe.Server.OpenAI;
using AdaptiveServe.Server.OpenAI.Chat;
using AdaptiveServe.Server.Streaming;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Text.ChatTemplates;
using AdaptiveServe.Text.Streaming;
using AdaptiveServe.Text.Tokenizers;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;

namespace AdaptiveServe.Benchmarks;

/// <summary>What text costs beside the model: per token of a stream, per conversation, per prompt.</summary>
[MemoryDiagnoser]
public class TextBenchmark
{
    private const int Tokens = 4096;

    private const string Template =
        "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content | trim + '<|im_end|>\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    private ByteTokenizerFolder _model = null!;
    private readonly ChatTemplate _template = ChatTemplate.Parse(Template, "benchmark");
    private readonly string _text = string.Concat(Enumerable.Repeat("Once upon a time, in the king's thinning thicket, there sang a thing. ", 1500));
    private TextTokenizer _tokenizer = null!;
    private int[] _ids = [];
    private ChatChunk _chunk = null!;
    private EventWriter _events = null!;

    [GlobalSetup]
    public void Start()
    {
        (_model, _events) = (new ByteTokenizerFolder(), new EventWriter(new DefaultHttpContext().Response, TimeProvider.System));
        _tokenizer = TokenizerLoader.Load(_model.Path);
        _ids = _tokenizer.Encode(_text)[..Tokens];
        var part = new ChatChunkChoice { Index = 0 };
        part.Delta.Content = " there";
        _chunk = new ChatChunk { Id = "chatcmpl-0123456789abcdef0123456789abcdef", Created = 1_800_000_000, Model = "demo", Choices = [part] };
    }

    [GlobalCleanup]
    public void Stop()
    {
        _events.Dispose();
        _model.Dispose();
    }

    /// <summary>One token: to text, past two stop strings.</summary>
    [Benchmark(OperationsPerInvoke = Tokens)]
    public int DetokenizeAndStop()
    {
        var detokenizer = new IncrementalDetokenizer(_tokenizer);
        var stop = new StopStringMatcher(["\n\nUser:", "###"]);
        int length = 0;
        foreach (int id in _ids) length += stop.Append(detokenizer.Append(id)).Length;
        return length;
    }

    /// <summary>One event of a chat stream, into a pipe that nobody reads.</summary>
    [Benchmark(OperationsPerInvoke = Tokens)]
    public async Task WriteEventAsync()
    {
        for (int i = 0; i < Tokens; i++)
        {
            _events.Write(_chunk, OpenAIJson.Default.ChatChunk);
            await _events.FlushAsync(CancellationToken.None);
        }
    }

    /// <summary>A conversation of 20 messages.</summary>
    [Benchmark]
    public string RenderTemplate()
    {
        var messages = new JsonArray();
        for (int i = 0; i < 20; i++) messages.Add(new JsonObject { ["role"] = i % 2 == 0 ? "user" : "assistant", ["content"] = "What is the weather like today?" });
        return _template.Render(new JsonObject { ["messages"] = messages, ["add_generation_prompt"] = true }, DateTimeOffset.UnixEpoch);
    }

    /// <summary>A prompt of 100 KB.</summary>
    [Benchmark]
    public int[] Encode() => _tokenizer.Encode(_text);
}
