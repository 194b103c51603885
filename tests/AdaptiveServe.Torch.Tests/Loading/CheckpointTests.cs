using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;
using static AdaptiveServe.Tests.SafetensorsWriter;

namespace AdaptiveServe.Torch.Tests.Loading;

public sealed class CheckpointTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("stories260K")]
    [InlineData("babyllama-105")]
    public void Open_RealModel_HasTheTensorsOfItsConfig(string name)
    {
        string folder = SharedData.Path($"models/{name}");
        ModelConfig config = ModelConfig.Load(folder);
        using Checkpoint checkpoint = Checkpoint.Open(folder);

        long hidden = config.HiddenSize, mlp = config.IntermediateSize, keys = config.KeyValueHeads * config.HeadDim;
        Dictionary<string, long[]> expected = new()
        {
            ["model.embed_tokens.weight"] = [config.VocabularySize, hidden],
            ["model.norm.weight"] = [hidden],
        };
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string prefix = $"model.layers.{layer}";
            expected[$"{prefix}.input_layernorm.weight"] = [hidden];
            expected[$"{prefix}.post_attention_layernorm.weight"] = [hidden];
            expected[$"{prefix}.self_attn.q_proj.weight"] = [hidden, hidden];
            expected[$"{prefix}.self_attn.k_proj.weight"] = [keys, hidden];
            expected[$"{prefix}.self_attn.v_proj.weight"] = [keys, hidden];
            expected[$"{prefix}.self_attn.o_proj.weight"] = [hidden, hidden];
            expected[$"{prefix}.mlp.gate_proj.weight"] = [mlp, hidden];
            expected[$"{prefix}.mlp.up_proj.weight"] = [mlp, hidden];
            expected[$"{prefix}.mlp.down_proj.weight"] = [hidden, mlp];
        }

        Assert.Equal(expected.Keys.Order(), checkpoint.Names.Order());
        Assert.All(expected, pair => Assert.Equal(pair.Value, checkpoint.Describe(pair.Key).Shape));
        Assert.All(checkpoint.Names, tensor => Assert.Equal("F32", checkpoint.Describe(tensor).Dtype));
    }

    [Fact]
    public void Open_Shards_FindsTensorsInBoth()
    {
        WriteShards();
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal(["a", "b", "c"], checkpoint.Names.Order());
        Assert.Equal(_folder.File(Index), checkpoint.Path);
        Assert.Equal(_folder.File("two.safetensors"), checkpoint.FileOf("c"));
        byte[] bytes = new byte[4];
        checkpoint.CopyTo("c", 4, bytes);
        Assert.Equal(Bytes(21), bytes);
    }

    [Fact]
    public void Open_SingleFileBesideAnIndex_Wins()
    {
        WriteShards();
        Write(_folder.File("model.safetensors"), Counting("only", [1]));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal(["only"], checkpoint.Names);
    }

    [Fact]
    public void Open_TensorAbsentFromItsShard_IsNamed()
    {
        WriteShards("""{"a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors", "d": "two.safetensors"}""");
        AssertRefused(Index, "tensor 'd' is not in its shard two.safetensors");
    }

    [Fact]
    public void Open_TensorAbsentFromTheIndex_IsNamed()
    {
        WriteShards("""{"a": "one.safetensors", "c": "two.safetensors"}""");
        AssertRefused("one.safetensors", $"holds tensor 'b', but {Index} does not list it");
    }

    [Fact]
    public void Open_TensorInAnotherShard_IsNamed()
    {
        WriteShards("""{"a": "one.safetensors", "b": "two.safetensors", "c": "two.safetensors"}""");
        AssertRefused("one.safetensors", $"holds tensor 'b', but {Index} places it in 'two.safetensors'");
    }

    [Theory]
    [InlineData("../one.safetensors")]
    [InlineData("/etc/one.safetensors")]
    [InlineData("sub/one.safetensors")]
    [InlineData("sub\\\\one.safetensors")]
    [InlineData("C:one.safetensors")]
    [InlineData("one.safetensors\\u0000")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("one.bin")]
    public void Open_ShardThatIsNoPlainFileName_IsRefused(string shard)
    {
        WriteShards($$"""{"a": "{{shard}}"}""");
        AssertRefused(Index, "which is not a plain file name");
    }

    [Theory]
    [InlineData("{}", "weight_map is missing")]
    [InlineData("""{"weight_map": {}}""", "weight_map is empty")]
    [InlineData("""{"weight_map": []}""", "weight_map must be an object")]
    [InlineData("""{"weight_map": {"a": 1}}""", "weight_map.'a' must be a string, found '1'")]
    [InlineData("""{"weight_map": {"a": "one.safetensors", "a": "two.safetensors"}}""", "is not valid JSON")]
    [InlineData("nonsense", "is not valid JSON")]
    public void Open_BadIndex_IsRefused(string json, string reason)
    {
        _folder.Write(Index, json);
        AssertRefused(Index, reason);
    }

    [Fact]
    public void Open_MissingShard_IsNamed()
    {
        WriteShards();
        File.Delete(_folder.File("two.safetensors"));
        AssertRefused("two.safetensors", "does not exist");
    }

    [Fact]
    public void Open_LargeIndex_TakesLinearTime()
    {
        string entries = string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"t{i}\":\"one.safetensors\""));
        _folder.Write(Index, $$$"""{"weight_map": {{{{entries}}}}}""");
        AssertRefused("one.safetensors", "does not exist");
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("pytorch_model.bin.index.json")]
    public void Open_PickledWeights_AsksForConversion(string name)
    {
        _folder.Write(name, "x");
        AssertRefused(name, "convert the model to safetensors");
    }

    [Fact]
    public void Open_EmptyFolder_IsNamed()
    {
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => Checkpoint.Open(_folder.Path));
        Assert.Equal($"{_folder.Path}: this model folder has neither model.safetensors nor {Index}", refusal.Message);
    }

    [Fact]
    public void Open_MissingFolder_IsNamed()
    {
        string missing = _folder.File("nothing");
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => Checkpoint.Open(missing));
        Assert.Equal($"{missing}: this model folder does not exist", refusal.Message);
    }

    [Fact]
    public void Open_LinksIntoACache_Works()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        using TempFolder cache = new();
        Write(cache.File("blob"), Counting("a", [300]));
        File.CreateSymbolicLink(_folder.File("model.safetensors"), cache.File("blob"));
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        Assert.Equal([300], checkpoint.Describe("a").Shape);
    }

    [Fact]
    public void Describe_MissingTensor_IsNamed()
    {
        WriteShards();
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => checkpoint.Describe("z"));
        Assert.Equal($"{_folder.File(Index)}: tensor 'z' is missing", refusal.Message);
    }

    private void WriteShards(string map = """{"a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors"}""")
    {
        Write(_folder.File("one.safetensors"), Counting("a", [2]), Counting("b", [3], first: 10));
        Write(_folder.File("two.safetensors"), Counting("c", [2], first: 20));
        _folder.Write(Index, $$$"""{"metadata": {"total_size": 28}, "weight_map": {{{map}}}}""");
    }

    private void AssertRefused(string file, string reason)
    {
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => Checkpoint.Open(_folder.Path).Dispose());
        Assert.StartsWith(_folder.File(file) + ": ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }
}
