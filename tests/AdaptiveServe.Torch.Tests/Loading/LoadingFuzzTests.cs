using System.Buffers.Binary;
using System.Text;
using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Tests.Loading;

/// <summary>Damages files in many ways, always the same ones: whatever the damage, loading works or throws its one exception.</summary>
public sealed class LoadingFuzzTests : IDisposable
{
    private const int MaxBytesPerCase = 32 << 20;

    private static readonly string[] Values =
    [
        "0", "-1", "1", "-0", "2", "8", "64", "1.5", "1e999", "4294967296", "9223372036854775807", "18446744073709551616",
        "null", "true", "NaN", "[0,", "\"", "[]", "{}", "[[]]", "[0,0]", "[2,-2]", "[9223372036854775807,2]", "{\"a\":{\"a\":{}}}",
        "\"\"", "\"F32\"", "\"F8_E4M3\"", "\"BF16\"", "\"\\ud800\"", "\"\\u0000\"", "\"../x\"", "\"silu\"",
        "{\"rope_type\":\"yarn\",\"factor\":1e-300}", "{\"type\":\"llama3\"}",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Checkpoint_DamagedFile_LoadsOrRefuses(int seed)
    {
        string path = _folder.File("model.safetensors");
        SafetensorsWriter.Write(
            path,
            SafetensorsWriter.Counting("model.embed_tokens.weight", [4, 3]),
            ("half", "F16", [2, 2], new byte[8]),
            ("brain", "BF16", [5], new byte[10]),
            ("none", "F32", [0, 7], []),
            SafetensorsWriter.Counting("lm_head.weight", [2, 1]));
        Fuzz(seed, cases: 1000, path, ReadAllWeights);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Index_Damaged_LoadsOrRefuses(int seed)
    {
        SafetensorsWriter.Write(_folder.File("one.safetensors"), SafetensorsWriter.Counting("a", [2]));
        SafetensorsWriter.Write(_folder.File("two.safetensors"), SafetensorsWriter.Counting("b", [2]));
        string path = _folder.Write(
            "model.safetensors.index.json",
            """{"metadata": {"total_size": 16}, "weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}""");
        Fuzz(seed, cases: 500, path, ReadAllWeights);
    }

    [Theory]
    [InlineData(7, Configs.Llama)]
    [InlineData(8, Configs.Mistral)]
    [InlineData(9, Configs.Qwen2)]
    [InlineData(10, Configs.Qwen3)]
    public void Config_Damaged_LoadsOrRefuses(int seed, string config)
    {
        string path = _folder.Write("config.json", Configs.With(
            config,
            ("rope_scaling", """{"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64, "truncate": true}"""),
            ("rope_theta", "500000.0"),
            ("rms_norm_eps", "1e-5"),
            ("eos_token_id", "[1, 2]"),
            ("torch_dtype", "\"bfloat16\""),
            ("sliding_window", "4096"),
            ("use_sliding_window", "true"),
            ("tie_word_embeddings", "true")));
        Fuzz(seed, cases: 750, path, () => RotaryFrequencies.For(ModelConfig.Load(_folder.Path)));
    }

    [Theory]
    [InlineData(11, LoraAdapter.ConfigFile)]
    [InlineData(12, LoraAdapter.WeightsFile)]
    public void Adapter_Damaged_LoadsOrRefuses(int seed, string file)
    {
        _folder.Write("config.json", Configs.With(
            Configs.Llama, ("hidden_size", "8"), ("intermediate_size", "8"), ("num_hidden_layers", "1"),
            ("num_attention_heads", "2"), ("num_key_value_heads", "1")));
        ModelConfig config = ModelConfig.Load(_folder.Path);
        using LoraFolder adapter = new LoraFolder(config, rank: 2, ["q_proj", "down_proj"]).Write();
        Fuzz(seed, cases: 750, Path.Combine(adapter.Path, file), () =>
        {
            using LoraAdapter lora = LoraAdapter.Open(adapter.Path, _folder.Path, DecoderWeights.Names(config));
            foreach ((string name, long[] shape) in DecoderWeights.Names(config)) lora.Find(name)?.AddTo(new float[shape.Aggregate(1L, (a, b) => a * b)], 0);
        });
    }

    private void ReadAllWeights()
    {
        using DisposeScope scope = NewDisposeScope();
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        using WeightReader reader = new(checkpoint);
        foreach (string name in checkpoint.Names) reader.Read(name, checkpoint.Describe(name).Shape.AsSpan(), ScalarType.Float32, CPU);
        reader.EnsureAllRead(embeddingsAreTied: true);
    }

    private static void Fuzz(int seed, int cases, string path, Action load)
    {
        byte[] original = File.ReadAllBytes(path);
        load();
        Random random = new(seed);
        int refused = 0;
        for (int i = 0; i < cases; i++)
        {
            byte[] damaged = original;
            for (int round = random.Next(1, 4); round > 0; round--) damaged = Damage(random, damaged);
            File.WriteAllBytes(path, damaged);

            long allocated = GC.GetAllocatedBytesForCurrentThread();
            Exception? thrown = Record.Exception(load);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

            if (thrown is not null and not ModelLoadException)
            {
                Assert.Fail($"case {i} of seed {seed} threw {thrown}, file {Convert.ToHexString(damaged)}");
            }
            if (allocated > MaxBytesPerCase) Assert.Fail($"case {i} of seed {seed} allocated {allocated} bytes");
            if (thrown is not null) refused++;
        }
        TestContext.Current.SendDiagnosticMessage($"seed {seed}: {refused} of {cases} refused");
        Assert.InRange(refused, cases / 4, cases - 1); // most damage is felt, some leaves a valid file
    }

    private static byte[] Damage(Random random, byte[] content)
    {
        if (content.Length == 0) return [(byte)random.Next(256)];
        int at = random.Next(content.Length);
        switch (random.Next(9))
        {
            case 0: // one bit
                return Replace(content, at, 1, [(byte)(content[at] ^ (1 << random.Next(8)))]);
            case 1: // one byte, often one that JSON gives a meaning
                return Replace(content, at, 1, [(byte)"{}[]\",:\\0-9.eu\0\n"[random.Next(16)]]);
            case 2: // cut
                return content[..at];
            case 3: // the header's length, which is meant only for safetensors
                byte[] length = new byte[8];
                long number = random.Next(3) switch { 0 => random.Next(400), 1 => random.NextInt64(), _ => -random.Next(9) };
                BinaryPrimitives.WriteInt64LittleEndian(length, number);
                return Replace(content, 0, Math.Min(8, content.Length), length);
            case 4: // a number becomes another value
                return ReplaceToken(random, content, at, static c => c is >= (byte)'0' and <= (byte)'9' or (byte)'.' or (byte)'-');
            case 5: // a word, such as a name or a type, becomes another value
                return ReplaceToken(random, content, at, static c => c is >= (byte)'A' and <= (byte)'z' or (byte)'"');
            case 6: // a part appears twice, or moves
                int end = Math.Min(content.Length, at + random.Next(1, 80));
                return Replace(content, random.Next(content.Length), 0, content[at..end]);
            case 7: // a part is missing
                return Replace(content, at, Math.Min(content.Length - at, random.Next(1, 80)), []);
            default: // deep nesting, or noise
                byte[] noise = new byte[random.Next(1, 300)];
                if (random.Next(2) == 0) Array.Fill(noise, (byte)'[');
                else random.NextBytes(noise);
                return Replace(content, at, 0, noise);
        }
    }

    private static byte[] ReplaceToken(Random random, byte[] content, int from, Func<byte, bool> belongs)
    {
        int start = Array.FindIndex(content, from, c => belongs(c));
        if (start < 0) return content[..from];
        int end = start;
        while (end < content.Length && belongs(content[end])) end++;
        return Replace(content, start, end - start, Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]));
    }

    private static byte[] Replace(byte[] content, int start, int length, byte[] replacement) =>
        [.. content[..start], .. replacement, .. content[(start + length)..]];
}
