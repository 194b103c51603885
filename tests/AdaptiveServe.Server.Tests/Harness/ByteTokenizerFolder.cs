using System.Text;
using System.Text.Json;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>
/// A model folder that holds a tokenizer only: token 0 ends a text, token 1 begins one, token 2 + b is byte b, and a few longer pieces
/// follow. Gone when disposed.
/// </summary>
internal sealed class ByteTokenizerFolder : IDisposable
{
    public const int EosId = 0, BosId = 1, VocabularySize = 258 + 5;

    private static readonly (string Left, string Right)[] Merges = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n"), ("in", "g")];

    public ByteTokenizerFolder()
    {
        File.WriteAllText(System.IO.Path.Combine(Path, "tokenizer.json"), CreateTokenizer());
        File.WriteAllText(System.IO.Path.Combine(Path, "tokenizer_config.json"), """{"bos_token": "<s>", "eos_token": "</s>"}""");
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("adaptiveserve-").FullName;

    /// <summary>The ids of a text's bytes, a token each.</summary>
    public static int[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => 2 + value)];

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string CreateTokenizer()
    {
        var vocabulary = new Dictionary<string, int> { ["</s>"] = EosId, ["<s>"] = BosId };
        for (int value = 0; value < 256; value++) vocabulary.Add(Symbol(value), 2 + value);
        foreach ((string left, string right) in Merges) vocabulary.Add(left + right, vocabulary.Count);
        return JsonSerializer.Serialize(new
        {
            added_tokens = new[] { Special(EosId, "</s>"), Special(BosId, "<s>") },
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, use_regex = false },
            decoder = new { type = "ByteLevel" },
            post_processor = new
            {
                type = "TemplateProcessing",
                single = new object[] { new { SpecialToken = new { id = "<s>" } }, new { Sequence = new { id = "A" } } },
                special_tokens = new Dictionary<string, object> { ["<s>"] = new { id = "<s>", ids = new[] { BosId } } },
            },
            model = new { type = "BPE", vocab = vocabulary, merges = Merges.Select(merge => new[] { merge.Left, merge.Right }) },
        });
    }

    private static object Special(int id, string content) => new { id, content, special = true };

    /// <summary>GPT-2's character of a byte: visible Latin-1 for itself, the others from U+0100 on in order.</summary>
    private static string Symbol(int value)
    {
        bool IsVisible(int other) => other is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        int character = IsVisible(value) ? value : 0x100 + Enumerable.Range(0, value).Count(other => !IsVisible(other));
        return ((char)character).ToString();
    }
}
