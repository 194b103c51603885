using System.Collections.Concurrent;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>The tokenizers of published models that lie in shared data, each loaded once.</summary>
internal static class PublishedTokenizers
{
    private static readonly ConcurrentDictionary<string, Lazy<TextTokenizer>> Loaded = new();

    public static readonly string[] All =
    [
        "tokenizers/gpt-2", "tokenizers/llama-bpe", "tokenizers/qwen2", "tokenizers/llama-2", "tokenizers/llama-2/tokenizer.model",
        "tokenizers/phi-3", "tokenizers/minimind", "models/stories260K", "models/babyllama-105",
    ];

    public static TheoryData<string> Names => [.. All];

    /// <summary>Skips the test where the files are absent.</summary>
    public static TextTokenizer Get(string name)
    {
        string path = SharedData.Path(name);
        return Loaded.GetOrAdd(name, _ => new(() => Directory.Exists(path) ? TokenizerLoader.Load(path) : LoadAlone(path))).Value;
    }

    private static TextTokenizer LoadAlone(string file)
    {
        using var folder = new TemporaryFolder();
        File.Copy(file, folder.File(Path.GetFileName(file)));
        return TokenizerLoader.Load(folder.Path);
    }
}
