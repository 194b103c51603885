using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using AdaptiveServe.Text.Streaming;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers.Files;

/// <summary>
/// Damages files in many ways, always the same ones: whatever the damage, the tokenizer works or loading throws its one exception.
/// </summary>
public sealed class TokenizerFuzzTests : IDisposable
{
    private const long MaxBytes = 512 << 20; // the largest id that is accepted makes tables of that order
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20); // a hang, even on a busy machine

    private const string Config =
        """
        {"add_bos_token": true, "add_eos_token": false, "bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false},
         "pad_token": null, "unk_token": "<unk>", "legacy": false, "add_prefix_space": true,
         "added_tokens_decoder": {"0": {"content": "<unk>", "special": true}, "400": {"content": "<|x|>", "special": false, "rstrip": true}}}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TokenizerJson_OfBytes_WorksOrIsRefused(int seed) => FuzzJson(seed, "tokenizer.json", ByteLevel());

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void TokenizerJson_OfCharacters_WorksOrIsRefused(int seed) => FuzzJson(seed, "tokenizer.json", TinyTokenizers.Characters());

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void TokenizerModel_WorksOrIsRefused(int seed)
    {
        byte[] original = TinyTokenizers.Model().ToArray();
        Fuzz(seed, "tokenizer.model", original, random => FileDamage.Apply(random, original), cases: 400);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void TokenizerConfig_WorksOrIsRefused(int seed)
    {
        File.WriteAllBytes(_folder.File("tokenizer.model"), TinyTokenizers.Model().ToArray());
        FuzzJson(seed, "tokenizer_config.json", JsonNode.Parse(Config)!.AsObject());
    }

    [Fact]
    public void Pattern_WorksOrIsRefused()
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        byte[] pattern = Encoding.UTF8.GetBytes(TinyTokenizers.Llama3Words);
        var random = new Random(9);
        for (int i = 0; i < 60; i++)
        {
            json["pre_tokenizer"]!["pretokenizers"]![0] = TokenizerParts.Split(Encoding.UTF8.GetString(FileDamage.Apply(random, pattern)));
            File.WriteAllBytes(_folder.File("tokenizer.json"), Bytes(json));
            Check($"pattern {i}");
        }
    }

    /// <summary>Without the Llama pattern, whose compilation would take most of the time.</summary>
    private static JsonObject ByteLevel()
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        json["pre_tokenizer"] = TokenizerParts.ByteLevelStep(usesRegex: true);
        return json;
    }

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private void FuzzJson(int seed, string name, JsonObject original)
    {
        byte[] bytes = Bytes(original);
        Fuzz(seed, name, bytes, random => Encoding.UTF8.GetBytes(JsonDamage.Apply(random, original)), cases: 250);
        Fuzz(seed, name, bytes, random => FileDamage.Apply(random, bytes), cases: 150);
    }

    private void Fuzz(int seed, string name, byte[] original, Func<Random, byte[]> damage, int cases)
    {
        File.WriteAllBytes(_folder.File(name), original);
        Use(TokenizerLoader.Load(_folder.Path));
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < cases; i++)
        {
            File.WriteAllBytes(_folder.File(name), damage(random));
            if (!Check($"case {i} of seed {seed}")) refused++;
        }

        Assert.InRange(refused, cases / 4, cases); // most damage is felt
        TestContext.Current.SendDiagnosticMessage($"seed {seed}, {name}: {refused} of {cases} refused");
    }

    private bool Check(string name)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        Exception? thrown = Record.Exception(() => Use(TokenizerLoader.Load(_folder.Path)));
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        TimeSpan time = Stopwatch.GetElapsedTime(start);

        if (thrown is not (null or TokenizerLoadException)) Assert.Fail($"{name} threw {thrown}");
        if (thrown is not null) Assert.StartsWith(_folder.Path, thrown.Message);
        if (allocated > MaxBytes) Assert.Fail($"{name} allocated {allocated} bytes");
        if (time > MaxTime) Assert.Fail($"{name} took {time}");
        return thrown is null;
    }

    private static void Use(TextTokenizer tokenizer)
    {
        int[] ids = tokenizer.Encode(Texts.AllScripts);
        string text = tokenizer.Decode(ids);
        var detokenizer = new IncrementalDetokenizer(tokenizer);
        Assert.Equal(text, string.Concat(ids.Select(detokenizer.Append)) + detokenizer.Flush());
    }
}
