using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Lab.Tests.Inspection;

public sealed class InspectCommandTests : IDisposable
{
    private const string Config = """
        {
          "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2,
          "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 7, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
          "hidden_act": "silu", "tie_word_embeddings": true, "eos_token_id": 2
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_Model_ShowsShapeParametersMemoryAndTokenizer()
    {
        WriteModel();
        TinyTokenizer.Write(_folder);
        LabRun run = await LabRun.InvokeAsync("inspect", "--model", _folder.Path);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Equal("2 layers, hidden 8, MLP 12, 2 heads of 4 (1 for keys and values)", Fact(run, "shape"));
        Assert.Equal("248", Fact(run, "parameters")); // 7*8 + 2*12*8, the tied output projection not counted again
        Assert.Equal("7 tokens, 3 special; begins with 1 <s>, ends with 2 </s>", Fact(run, "tokenizer"));
        Assert.Equal(["model.layers.*.mlp.up_proj.weight", "F32", "12", "x", "8", "2"], Row(run, "model.layers"));

        // A token adds 2 layers x (key, value) x 1 head x 4 elements.
        Assert.Equal(["float32", "992", "B", "64", "B", "256", "B", "1", "KiB", "4", "KiB"], Row(run, "float32"));
        Assert.Equal(["16", "bits,", "CPU", "496", "B", "64", "B", "256", "B", "1", "KiB", "4", "KiB"], Row(run, "16 bits, CPU"));
        Assert.Equal(["16", "bits,", "KV", "too", "496", "B", "32", "B", "128", "B", "512", "B", "2", "KiB"], Row(run, "16 bits, KV too"));
    }

    [Fact]
    public async Task Inspect_WithoutTokenizer_SaysSo()
    {
        WriteModel();
        LabRun run = await LabRun.InvokeAsync("inspect", "--model", _folder.Path);
        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("neither tokenizer.json nor tokenizer.model", Fact(run, "tokenizer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_WithoutWeights_Fails()
    {
        _folder.Write("config.json", Config);
        LabRun run = await LabRun.InvokeAsync("inspect", "--model", _folder.Path);
        Assert.Equal((ExitCode.Failure, ""), (run.Code, run.Output));
        Assert.Contains("model.safetensors", run.ErrorLine, StringComparison.Ordinal);
    }

    private void WriteModel()
    {
        _folder.Write("config.json", Config);
        SafetensorsWriter.Write(_folder.File("model.safetensors"),
            SafetensorsWriter.Counting("model.embed_tokens.weight", [7, 8]),
            SafetensorsWriter.Counting("lm_head.weight", [7, 8]),
            SafetensorsWriter.Counting("model.layers.0.mlp.up_proj.weight", [12, 8]),
            SafetensorsWriter.Counting("model.layers.1.mlp.up_proj.weight", [12, 8]));
    }

    private static string Fact(LabRun run, string name) => Line(run, name)[12..].Trim();

    private static string[] Row(LabRun run, string name) => Line(run, name).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Line(LabRun run, string start) =>
        Assert.Single(run.Output.Split('\n'), line => line.TrimStart().StartsWith(start, StringComparison.Ordinal));
}
