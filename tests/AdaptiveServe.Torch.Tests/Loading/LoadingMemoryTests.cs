using System.Globalization;
using System.Text;
using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Compute.Cpu;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Running;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Tests.Loading;

/// <summary>Loading must need little more memory than the weights as held. Runs alone: it reads the memory of the whole process.</summary>
[Collection(nameof(ProcessMemoryCollection))]
public sealed class LoadingMemoryTests : IDisposable
{
    // Tensors above the size from which malloc maps memory and gives it back when freed (32 MiB): nothing is left over from a run before.
    private const int Tensors = 8;
    private const int Rows = 2048;
    private const int Columns = 5120;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("F32", 4)]
    [InlineData("BF16", 2)]
    public void Read_AllWeightsAsFloat32_PeaksBelowOnePointThreeTimesTheirSize(string dtype, int elementBytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the peak of memory is read from /proc");
        long[] shape = [Rows, Columns];
        WriteWeights(dtype, shape, (long)Rows * Columns * elementBytes);
        using DisposeScope scope = NewDisposeScope();
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        using WeightReader reader = new(checkpoint);
        reader.Read("t0", shape, ScalarType.Float32, CPU).Dispose(); // what is set up once, such as threads, is not counted

        long before = ResetPeak();
        Tensor[] weights = [.. Enumerable.Range(0, Tensors).Select(i => reader.Read($"t{i}", shape, ScalarType.Float32, CPU))];
        double ratio = (double)(PeakBytes() - before) / ((long)Tensors * Rows * Columns * sizeof(float));

        reader.EnsureAllRead(embeddingsAreTied: false);
        TestContext.Current.SendDiagnosticMessage("peak of loading {0} as float32: {1:F3} x the weights", dtype, ratio);
        Assert.All(weights, weight => Assert.Equal(1.5f, weight[Rows - 1, 0].item<float>()));
        Assert.InRange(ratio, 0.75, 1.3); // less than all of it where memory of other tests goes back meanwhile
    }

    [Theory]
    [InlineData("bfloat16", 1.35)]
    [InlineData("int8", 0.9)]
    public void LoadModel_EachMatrixPreparedAsItIsRead_PeaksAtWhatIsHeldAndOneMatrix(string dtype, double most)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the peak of memory is read from /proc");
        long bytes = WriteModel(hidden: 1024, layers: 2, intermediate: 12288, vocabulary: 20000);
        using WorkerPool pool = new(1);
        Free(Load("auto")); // what is set up once is not counted

        long before = ResetPeak();
        LoadedModel model = Load(dtype);
        double ratio = (double)(PeakBytes() - before) / bytes;
        Free(model);

        TestContext.Current.SendDiagnosticMessage("peak of loading a model as {0}: {1:F3} x its file", dtype, ratio);
        Assert.InRange(ratio, 0.3, most);

        LoadedModel Load(string type) =>
            LoadedModel.Load(_folder.Path, type, CPU, (_, held) => CpuBackend.Create(pool, quantises: held == ScalarType.Int8));

        static void Free(LoadedModel model)
        {
            model.Weights.Dispose();
            model.Compute.Dispose();
        }
    }

    /// <summary>A Llama folder whose weights are all 0, which takes no room on the disk.</summary>
    /// <returns>Bytes of its weights.</returns>
    private long WriteModel(int hidden, int layers, int intermediate, int vocabulary)
    {
        _folder.Write("config.json", string.Create(CultureInfo.InvariantCulture, $$"""
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": {{hidden}}, "intermediate_size": {{intermediate}},
             "num_hidden_layers": {{layers}}, "num_attention_heads": 16, "num_key_value_heads": 16, "vocab_size": {{vocabulary}},
             "max_position_embeddings": 64, "tie_word_embeddings": true, "hidden_act": "silu", "rms_norm_eps": 1e-6, "torch_dtype": "bfloat16"}
            """));
        List<string> entries = [];
        long end = 0;
        Add("model.embed_tokens", vocabulary, hidden);
        Add("model.norm", hidden);
        for (int layer = 0; layer < layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            foreach (string norm in (string[])["input_layernorm", "post_attention_layernorm"]) Add(prefix + norm, hidden);
            foreach (string matrix in (string[])["q", "k", "v", "o"]) Add($"{prefix}self_attn.{matrix}_proj", hidden, hidden);
            foreach (string matrix in (string[])["gate", "up"]) Add($"{prefix}mlp.{matrix}_proj", intermediate, hidden);
            Add($"{prefix}mlp.down_proj", hidden, intermediate);
        }

        string path = _folder.File("model.safetensors");
        SafetensorsWriter.WriteRaw(path, $"{{{string.Join(',', entries)}}}", []);
        using FileStream file = new(path, FileMode.Open);
        file.SetLength(file.Length + end);
        return end;

        void Add(string name, params long[] shape)
        {
            long begin = end;
            end += 2 * shape.Aggregate(1L, (a, b) => a * b);
            entries.Add(SafetensorsWriter.Entry(name + ".weight", "BF16", shape, begin, end));
        }
    }

    private void WriteWeights(string dtype, long[] shape, long tensorBytes)
    {
        StringBuilder header = new("{");
        for (int i = 0; i < Tensors; i++)
        {
            if (i > 0) header.Append(',');
            header.Append(SafetensorsWriter.Entry($"t{i}", dtype, shape, i * tensorBytes, (i + 1) * tensorBytes));
        }

        byte[] element = dtype == "F32" ? [0x00, 0x00, 0xC0, 0x3F] : [0xC0, 0x3F]; // 1.5
        byte[] data = new byte[1 << 20];
        for (int i = 0; i < data.Length; i++) data[i] = element[i % element.Length];
        string path = _folder.File("model.safetensors");
        SafetensorsWriter.WriteRaw(path, header.Append('}').ToString(), []);
        using FileStream file = new(path, FileMode.Append);
        for (long written = 0; written < Tensors * tensorBytes; written += data.Length) file.Write(data);
    }

    /// <summary>Gives freed memory back, sets the peak to what the process has now, and returns that in bytes.</summary>
    private static long ResetPeak()
    {
        GC.Collect();
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"the peak of memory cannot be reset here: {e.Message}");
        }
        return PeakBytes();
    }

    private static long PeakBytes()
    {
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
    }
}
