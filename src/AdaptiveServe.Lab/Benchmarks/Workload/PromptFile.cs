using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Benchmarks.Workload;

/// <summary>The prompts of a file in turn, and from its beginning again after the last.</summary>
internal sealed class PromptFile : IPromptSource
{
    private const long MaxBytes = 256L << 20;
    private readonly Prompt[] _prompts;

    /// <summary>
    /// Reads a file with a JSON object on each line. Its prompt is a text under <c>prompt</c>, <c>text</c> or <c>question</c>, the first of
    /// <c>turns</c>, or, for chats, <c>messages</c>.
    /// </summary>
    /// <exception cref="LabException">The file cannot be read, holds no prompts, or is too large to be held.</exception>
    public PromptFile(string path, BenchApi api)
    {
        bool isTooLarge = new FileInfo(path) is { Exists: true, Length: > MaxBytes };
        if (isTooLarge) throw new LabException($"{path}: is larger than {MaxBytes >> 20} MiB");
        _prompts = [.. JsonLines.Read(path).Select(line => Read(line, api))];
        if (_prompts.Length == 0) throw new LabException($"{path}: holds no prompts");
    }

    public Prompt Get(int index, int tokens) => _prompts[(index % _prompts.Length + _prompts.Length) % _prompts.Length];

    private static Prompt Read(JsonLine line, BenchApi api)
    {
        if (line.Root.TryGetProperty("messages", out JsonElement messages))
        {
            if (messages.ValueKind != JsonValueKind.Array) throw line.Fault("'messages' is not an array");
            return api == BenchApi.Chat ? new Prompt(null, messages) : throw line.Fault("'messages' need the chat API");
        }

        string? text = line.Text("prompt") ?? line.Text("text") ?? line.Text("question") ?? FirstTurn(line.Root);
        return new Prompt(text ?? throw line.Fault("has none of 'prompt', 'text', 'question', 'turns' and 'messages'"));
    }

    private static string? FirstTurn(JsonElement line) =>
        line.TryGetProperty("turns", out JsonElement turns) && turns is { ValueKind: JsonValueKind.Array } && turns.GetArrayLength() > 0
        && turns[0].ValueKind == JsonValueKind.String
            ? turns[0].GetString()
            : null;
}
