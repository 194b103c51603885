using System.Text.Json.Nodes;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Tests.Models;
using AdaptiveServe.Torch.Tests.Running;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Loading;

/// <summary>Low-rank adapters, merged into the weights as they are loaded.</summary>
public class LoraAdapterTests
{
    private static readonly string[] All = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>Against the definition with B A added in float64; projections that are held as one matrix, some adapted and some not.</summary>
    [Theory]
    [InlineData("llama", "auto", false, 7), InlineData("llama", "libtorch", false, 7), InlineData("llama, tied, odd sizes", "auto", true, 7)]
    [InlineData("llama 3 rope, all biases", "auto", false, 3), InlineData("qwen3, explicit head size", "auto", true, 2)]
    public async Task Forward_Adapted_EqualsDefinition(string family, string backend, bool isStabilised, int targets)
    {
        using var model = new TinyModel(DecoderTests.Families[family]);
        using LoraFolder adapter = new(model.Config, rank: 3, All[^targets..]);
        adapter.Json["use_rslora"] = isStabilised;
        adapter.Write();
        await Assert.ThrowsAnyAsync<Exception>(() => CompareAsync()); // it does add something
        foreach (string name in adapter.Factors.Keys) model.Add(name, adapter.Delta(name, isStabilised ? 6 / Math.Sqrt(3) : 2));
        await CompareAsync();

        Task CompareAsync() => DecoderTests.CompareAsync(model, tolerance: 5e-4, options => (options.Compute, options.Adapter) = (backend, adapter.Path));
    }

    /// <summary>A float16 checkpoint held as bfloat16: the sum is rounded once, and not by way of float16.</summary>
    [Fact]
    public void Load_OtherTypes_RoundOnce()
    {
        using var model = new TinyModel(DecoderTests.Families["llama"], "F16");
        using LoraFolder adapter = new LoraFolder(model.Config, rank: 2, All).Write();
        using Checkpoint checkpoint = Checkpoint.Open(model.Folder);
        using LoraAdapter lora = LoraAdapter.Open(adapter.Path, model.Folder, DecoderWeights.Names(model.Config));
        using DecoderWeights weights = DecoderWeights.Load(
            model.Config, checkpoint, new WeightTypes(torch.ScalarType.BFloat16, torch.ScalarType.BFloat16), torch.CPU, lora);
        const string Name = "model.layers.1.mlp.down_proj.weight";
        using torch.Tensor loaded = weights.Layers[1].Down.Weight.to_type(torch.ScalarType.Float32);
        double[] exact = [.. model[Name].Zip(adapter.Delta(Name, 2), (weight, delta) => weight + delta)];
        Assert.All(exact.Zip(loaded.data<float>()), pair =>
            Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-6 + Math.ScaleB(1, Math.ILogB(pair.First) - 8))); // half of the last place
    }

    [Theory, InlineData("F32"), InlineData("BF16")]
    public async Task Forward_AdapterOfZeros_HasTheSameBits(string dtype)
    {
        using var model = new TinyModel(DecoderTests.Families["llama"], dtype);
        using LoraFolder adapter = new LoraFolder(model.Config, rank: 4, All, size: 0).Write();
        Assert.Equal(await TokensAsync(null), await TokensAsync(adapter.Path));

        async Task<List<string>> TokensAsync(string? path)
        {
            using InferenceEngine engine = new GoldenModel(model.Folder, []).Start(options => options.Adapter = path);
            Sequence sequence = new([1, 2, 3, 4], new SamplingParams { Temperature = 0, MaxTokens = 8, Logprobs = 90, IgnoreEos = true });
            return [.. (await engine.GenerateTokensAsync(sequence)).Select(token =>
                string.Join(' ', token.TopLogprobs!.Select(top => $"{top.Id}:{BitConverter.SingleToInt32Bits(top.Logprob)}")))];
        }
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"", "peft_type must be 'LORA'")]
    [InlineData("r", "0", "r must be an integer from 1")]
    [InlineData("r", "null", "r is missing")]
    [InlineData("r", "3", "has the shape [4, 48], expected [3, 48]")]
    [InlineData("lora_alpha", "null", "lora_alpha is missing")]
    [InlineData("lora_alpha", "-1", "lora_alpha must be above 0")]
    [InlineData("use_dora", "true", "'use_dora' is set")]
    [InlineData("bias", "\"all\"", "bias must be 'none'")]
    [InlineData("fan_in_fan_out", "true", "'fan_in_fan_out' is set")]
    [InlineData("modules_to_save", "[\"lm_head\"]", "'modules_to_save' is set")]
    [InlineData("rank_pattern", "{\"q_proj\": 8}", "'rank_pattern' is set")]
    [InlineData("alpha_pattern", "{\"q_proj\": 8}", "'alpha_pattern' is set")]
    [InlineData("layer_replication", "[[0, 2]]", "'layer_replication' is set")]
    [InlineData("init_lora_weights", "\"pissa\"", "init_lora_weights is of a kind")]
    [InlineData("target_modules", "null", "target_modules is missing")]
    [InlineData("target_modules", "[\"q_proj\", \"v_proj\"]", "v_proj.lora_A.weight' is missing")]
    [InlineData("target_modules", "[\"k_proj\"]", "k_proj.lora_A.weight' is missing")]
    [InlineData("target_modules", "[\"layers.0.self_attn.q_proj\"]", "'base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight'")] // left over
    [InlineData("layers_to_transform", "[0]", "layers.1.self_attn.q_proj.lora_A.weight'")]
    public void Open_Field_IsNamed(string field, string json, string message)
    {
        using var model = new TinyModel(DecoderTests.Families["llama"]);
        using LoraFolder adapter = new(model.Config, rank: 4, ["q_proj"]);
        adapter.Json[field] = JsonNode.Parse(json);
        Assert.Contains(message, Refusal(model, adapter.Write()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("half", "lora_B.weight' is missing")]
    [InlineData("half of a pattern's", "lora_B.weight' is missing")]
    [InlineData("transposed", "has the shape [48, 4], expected [4, 48]")]
    [InlineData("type", "has the type 'I32'")]
    [InlineData("layer", "'base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight'")]
    [InlineData("embedding", "'base_model.model.model.embed_tokens.lora_embedding_A'")]
    [InlineData("dora", "'base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector'")]
    [InlineData("bias", "'base_model.model.model.layers.0.self_attn.q_proj.bias'")]
    [InlineData("infinite", "lora_B.weight' has values that are no numbers")]
    [InlineData("empty", "lora_A.weight' is missing")]
    [InlineData("empty, of a pattern", "adapts no linear layer")]
    public void Open_Tensor_IsNamed(string damage, string message)
    {
        using var model = new TinyModel(DecoderTests.Families["llama"]);
        using LoraFolder adapter = new(model.Config, rank: 4, ["q_proj"]);
        if (damage.Contains("pattern", StringComparison.Ordinal)) adapter.Json["target_modules"] = ".*q_proj";
        string prefix = "base_model.model.model.layers.0.self_attn.q_proj.";
        switch (damage)
        {
            case "half" or "half of a pattern's": adapter.Tensors.RemoveAt(1); break;
            case "transposed": adapter.Tensors[0] = adapter.Tensors[0] with { Shape = [48, 4] }; break;
            case "type": adapter.Tensors[0] = adapter.Tensors[0] with { Dtype = "I32" }; break;
            case "layer": adapter.Tensors.Add(SafetensorsWriter.Counting("base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight", [4, 48])); break;
            case "embedding": adapter.Tensors.Add(SafetensorsWriter.Counting("base_model.model.model.embed_tokens.lora_embedding_A", [4, 90])); break;
            case "dora": adapter.Tensors.Add(SafetensorsWriter.Counting(prefix + "lora_magnitude_vector", [48])); break;
            case "bias": adapter.Tensors.Add(SafetensorsWriter.Counting(prefix + "bias", [48])); break;
            case "infinite": BitConverter.TryWriteBytes(adapter.Tensors[^1].Data, float.PositiveInfinity); break;
            default: adapter.Tensors.Clear(); break;
        }

        Assert.Contains(message, Refusal(model, adapter.Write()), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAnotherModel_IsRefused()
    {
        using var model = new TinyModel(DecoderTests.Families["llama"]);
        using LoraFolder adapter = new(model.Config, rank: 4, ["q_proj"]);
        string own = ModelFingerprint.Of(model.Folder);
        Load(model, adapter.Write($$"""
            "__metadata__":{"format":"pt","model":"{{own}}"},
            """));
        string refusal = Refusal(model, adapter.Write("""
            "__metadata__":{"model":"0123"},
            """));
        Assert.Contains("'0123'", refusal, StringComparison.Ordinal);
        Assert.Contains(own, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NotThereOrPickled_IsRefused()
    {
        using var model = new TinyModel(DecoderTests.Families["llama"]);
        using LoraFolder adapter = new LoraFolder(model.Config, rank: 4, ["q_proj"]).Write();
        File.Move(Path.Combine(adapter.Path, LoraAdapter.WeightsFile), Path.Combine(adapter.Path, "adapter_model.bin"));
        Assert.Contains("can run code", Refusal(model, adapter), StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<ModelLoadException>(() => LoraAdapter.Open("nowhere", model.Folder, [])).Message, StringComparison.Ordinal);
    }

    private static string Refusal(TinyModel model, LoraFolder adapter) => Assert.Throws<ModelLoadException>(() => Load(model, adapter)).Message;

    private static void Load(TinyModel model, LoraFolder adapter)
    {
        using Checkpoint checkpoint = Checkpoint.Open(model.Folder);
        using LoraAdapter lora = LoraAdapter.Open(adapter.Path, model.Folder, DecoderWeights.Names(model.Config));
        WeightTypes types = new(torch.ScalarType.Float32, torch.ScalarType.Float32);
        DecoderWeights.Load(model.Config, checkpoint, types, torch.CPU, lora).Dispose();
    }
}
