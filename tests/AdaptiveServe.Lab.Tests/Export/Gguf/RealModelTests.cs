using System.Buffers.Binary;
using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

public class RealModelTests
{
    [Fact]
    public async Task Export_Stories260K_HoldsItsWeightsAndTokens()
    {
        string folder = SharedData.Path("models/stories260K");
        using TemporaryFolder output = new();
        LabRun run = await LabRun.InvokeAsync("export", "gguf", "--model", folder, "--out", output.File("model.gguf"), "--dtype", "f32");
        Assert.Equal((0, ""), (run.Code, run.Error));
        GgufFile file = GgufFile.Read(output.File("model.gguf"));
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        Assert.Equal(checkpoint.Names.Count(name => name != "lm_head.weight"), file.Tensors.Count);
        Assert.Equal(Values(checkpoint, "model.embed_tokens.weight"), file.Tensors["token_embd.weight"].Values());
        Assert.Equal(Values(checkpoint, "model.layers.4.mlp.down_proj.weight"), file.Tensors["blk.4.ffn_down.weight"].Values());
        Assert.Equal([64, 32], file.Tensors["blk.0.attn_k.weight"].Dimensions);
        Assert.Equal(512, file.Values<string>("tokenizer.ggml.tokens").Length);
        Assert.Equal(6, file.Values<int>("tokenizer.ggml.token_type")[3]); // <0x00>

        // Row 1 of a head is row 4 of the checkpoint's: half of the head's 8 further.
        float[] source = Values(checkpoint, "model.layers.2.self_attn.q_proj.weight");
        float[] target = file.Tensors["blk.2.attn_q.weight"].Values();
        Assert.Equal(source[(4 * 64)..(5 * 64)], target[64..128]);
    }

    private static float[] Values(Checkpoint checkpoint, string name)
    {
        byte[] bytes = new byte[checkpoint.Describe(name).ByteCount];
        checkpoint.CopyTo(name, 0, bytes);
        return [.. bytes.Chunk(4).Select(chunk => BinaryPrimitives.ReadSingleLittleEndian(chunk))];
    }
}
