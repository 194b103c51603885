using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;
using TorchSharp;
using static AdaptiveServe.Tests.SafetensorsWriter;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Tests.Loading;

public sealed class WeightReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _path;
    private readonly DisposeScope _scope = NewDisposeScope();
    private Checkpoint? _checkpoint;
    private WeightReader? _reader;

    public WeightReaderTests() => _path = _folder.File("model.safetensors");

    public void Dispose()
    {
        _reader?.Dispose();
        _checkpoint?.Dispose();
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Read_Float32_ConvertsToAnyFloat(ScalarType type)
    {
        Tensor weight = Open(Counting("w", [3, 2])).Read("w", [3, 2], type, CPU);
        Assert.Equal(type, weight.dtype);
        Assert.Equal([3, 2], weight.shape);
        Assert.Equal([0, 1, 2, 3, 4, 5], Floats(weight));
    }

    // Bits of a float, of the bfloat16 next to it (ties to even), and of the half.
    [Theory]
    [InlineData(0x3F808000u, 0x3F80, 0x3C04)] // tie: down to even
    [InlineData(0x3F818000u, 0x3F82, 0x3C0C)] // tie: up to even
    [InlineData(0x3F808001u, 0x3F81, 0x3C04)] // above the tie
    [InlineData(0x3F807FFFu, 0x3F80, 0x3C04)] // below the tie
    [InlineData(0x3F801000u, 0x3F80, 0x3C00)] // a tie of half: down to even
    [InlineData(0x3F803000u, 0x3F80, 0x3C02)] // a tie of half: up to even
    [InlineData(0x7F7FFFFFu, 0x7F80, 0x7C00)] // the largest float overflows in both
    [InlineData(0x80000000u, 0x8000, 0x8000)]
    [InlineData(0xFF800000u, 0xFF80, 0xFC00)]
    [InlineData(0x00000001u, 0x0000, 0x0000)]
    [InlineData(0x33800000u, 0x3380, 0x0001)] // the smallest half
    public void Read_Narrowing_RoundsToNearestEven(uint bits, int bfloat, int half)
    {
        // Seventeen copies, so that vectorised and scalar paths both meet the value.
        WeightReader reader = Open(("w", "F32", [17], [.. Enumerable.Repeat(BitConverter.GetBytes(bits), 17).SelectMany(bytes => bytes)]));
        Assert.All(Shorts(reader.Read("w", [17], ScalarType.BFloat16, CPU)), value => Assert.Equal(bfloat, value));
        Assert.All(Shorts(reader.Read("w", [17], ScalarType.Float16, CPU)), value => Assert.Equal(half, value));
    }

    [Fact]
    public void Read_Narrow_WidensExactly()
    {
        WeightReader reader = Open(
            ("b", "BF16", [3], [0x80, 0x3F, 0x01, 0x00, 0x80, 0xFF]),
            ("h", "F16", [3], [0x01, 0x3C, 0x01, 0x00, 0x00, 0xFC]));
        float smallest = BitConverter.UInt32BitsToSingle(0x00010000);
        Assert.Equal([1f, smallest, float.NegativeInfinity], Floats(reader.Read("b", [3], ScalarType.Float32, CPU)));
        Assert.Equal([1.0009765625f, 5.9604645e-8f, float.NegativeInfinity], Floats(reader.Read("h", [3], ScalarType.Float32, CPU)));
        Assert.Equal([0x3C00, 0x0000, 0xFC00], Shorts(reader.Read("b", [3], ScalarType.Float16, CPU)));
        Assert.Equal([0x3F80, 0x3380, 0xFF80], Shorts(reader.Read("h", [3], ScalarType.BFloat16, CPU)));
        Assert.Equal([0x3C01, 0x0001, 0xFC00], Shorts(reader.Read("h", [3], ScalarType.Float16, CPU)));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void ReadInto_RowsOfAFusedTensor_FillsOnlyThem(ScalarType type)
    {
        Tensor fused = full([6, 2], -1f, dtype: type);
        WeightReader reader = Open(Counting("q", [3, 2]), Counting("k", [2, 2], first: 10));
        reader.ReadInto("q", [3, 2], fused.narrow(0, 0, 3));
        reader.ReadInto("k", [2, 2], fused.narrow(0, 3, 2));
        Assert.Equal([0, 1, 2, 3, 4, 5, 10, 11, 12, 13, -1, -1], Floats(fused));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void ReadInto_ColumnsOfAWiderTensor_Works(ScalarType type)
    {
        Tensor wide = full([3, 4], -1f, dtype: type);
        Open(Counting("w", [3, 2])).ReadInto("w", [3, 2], wide.narrow(1, 1, 2));
        Assert.Equal([-1, 0, 1, -1, -1, 2, 3, -1, -1, 4, 5, -1], Floats(wide));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void ReadInto_MoreThanOneChunk_ReadsAll(ScalarType type)
    {
        const int Rows = 5000, Columns = 517; // 10 MB of float32: chunks end inside rows and the last one is short
        float[] values = [.. Enumerable.Range(0, Rows * Columns).Select(i => (float)(i % 251))];
        WeightReader reader = Open(("w", "F32", [Rows, Columns], Bytes(values)));
        Tensor wide = zeros([Rows, Columns + 1], dtype: type);
        reader.ReadInto("w", [Rows, Columns], wide.narrow(1, 0, Columns));
        Assert.Equal(values, Floats(wide.narrow(1, 0, Columns)));
        Assert.Equal(values, Floats(reader.Read("w", [Rows, Columns], type, CPU)));
    }

    [Fact]
    public void ReadInto_OneRowAboveTheChunk_GrowsTheBuffer()
    {
        const int Columns = (4 << 20) / sizeof(float) + 8192; // more than a chunk, and a number that bfloat16 holds
        WeightReader reader = Open(Counting("small", [1, 2]), Counting("large", [2, Columns]));
        Tensor wide = zeros([2, Columns + 1], dtype: ScalarType.BFloat16);
        reader.ReadInto("small", [1, 2], zeros([1, 3], dtype: ScalarType.BFloat16).narrow(1, 0, 2));
        reader.ReadInto("large", [2, Columns], wide.narrow(1, 1, Columns));
        Assert.Equal([0, 0, 1], Floats(wide[0, TensorIndex.Slice(0, 3)]));
        Assert.Equal([0, Columns], Floats(wide[1, TensorIndex.Slice(0, 2)]));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Read_Result_IsTheOnlyTensorThatStays(ScalarType type)
    {
        WeightReader reader = Open(Counting("w", [2, 3]), Counting("v", [2, 3]));
        reader.Read("w", [2, 3], type, CPU);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        reader.Read("v", [2, 3], type, CPU);
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Read_InAScopeOfTheCaller_LeavesTheBufferAlone()
    {
        WeightReader reader = Open(Counting("w", [2, 3]));
        using (NewDisposeScope()) reader.Read("w", [2, 3], ScalarType.Float16, CPU);
        Assert.Equal([0, 1, 2, 3, 4, 5], Floats(reader.Read("w", [2, 3], ScalarType.Float16, CPU)));
    }

    [Fact]
    public void ReadInto_Parameter_NeedsNoGradient()
    {
        using Tensor parameter = zeros([2], dtype: ScalarType.BFloat16, requires_grad: true);
        Open(Counting("w", [2])).ReadInto("w", [2], parameter);
        Assert.Equal([0, 1], Floats(parameter.detach()));
    }

    [Fact]
    public void Read_ScalarAndEmpty_Work()
    {
        WeightReader reader = Open(Counting("scalar", [], first: 3), ("empty", "F32", [0, 3], []));
        Assert.Equal([3], Floats(reader.Read("scalar", [], ScalarType.Float32, CPU)));
        Assert.Equal([3], Floats(reader.Read("scalar", [], ScalarType.BFloat16, CPU)));
        Assert.Equal([0, 3], reader.Read("empty", [0, 3], ScalarType.Float32, CPU).shape);
    }

    [Fact]
    public void Read_WrongShape_NamesTensorAndBothShapes()
    {
        WeightReader reader = Open(Counting("w", [3, 2]));
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => reader.Read("w", [2, 3], ScalarType.Float32, CPU));
        Assert.Equal($"{_path}: tensor 'w' has the shape [3, 2], expected [2, 3]", refusal.Message);
    }

    [Fact]
    public void Read_Missing_IsNamed()
    {
        WeightReader reader = Open(Counting("w", [1]));
        Assert.False(reader.Contains("v"));
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => reader.Read("v", [1], ScalarType.Float32, CPU));
        Assert.Equal($"{_path}: tensor 'v' is missing", refusal.Message);
    }

    [Theory]
    [InlineData("F8_E4M3", 1)]
    [InlineData("I32", 4)]
    [InlineData("F64", 8)]
    [InlineData("F6_E2M3", 3)]
    public void Read_UnsupportedType_IsNamed(string dtype, int bytes)
    {
        WeightReader reader = Open(("w", dtype, [1], new byte[bytes]));
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => reader.Read("w", [1], ScalarType.Float32, CPU));
        Assert.Equal($"{_path}: tensor 'w' has the type '{dtype}'; only F32, F16 and BF16 are supported for weights", refusal.Message);
    }

    [Fact]
    public void Require_NeverTouchesTheData()
    {
        WeightReader reader = Open(Counting("w", [3]));
        reader.Require("w", [3]);
        Assert.Throws<ModelLoadException>(() => reader.Require("w", [4]));
        Assert.Throws<ModelLoadException>(() => reader.EnsureAllRead(embeddingsAreTied: false));
    }

    [Fact]
    public void ReadInto_WrongTarget_IsTheCallersFault()
    {
        WeightReader reader = Open(Counting("w", [3]));
        Assert.Throws<ArgumentException>(() => reader.ReadInto("w", [3], zeros(4)));
        Assert.Throws<ArgumentException>(() => reader.ReadInto("w", [3], zeros(3, dtype: ScalarType.Int32)));
    }

    [Fact]
    public void Read_DeviceThatIsNotThere_IsRefused()
    {
        Assert.SkipWhen(cuda.is_available(), "there is a GPU");
        WeightReader reader = Open(Counting("w", [3]));
        Device missing = new(DeviceType.CUDA, 0);
        Assert.Throws<ModelLoadException>(() => reader.Read("w", [3], ScalarType.Float32, missing));
    }

    [Fact]
    public void EnsureAllRead_Surplus_IsNamed()
    {
        WeightReader reader = Open(Counting("a", [1]), Counting("b", [1]), Counting("lm_head.weight", [1]), Counting("c", [1]));
        reader.Read("b", [1], ScalarType.Float32, CPU);
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => reader.EnsureAllRead(embeddingsAreTied: false));
        Assert.Equal($"{_path}: holds tensors that this model does not have: 'a', 'c', 'lm_head.weight'", refusal.Message);
    }

    [Fact]
    public void EnsureAllRead_ManySurplus_AreCounted()
    {
        WeightReader reader = Open([.. Enumerable.Range(0, 9).Select(i => Counting($"t{i}", [1]))]);
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => reader.EnsureAllRead(embeddingsAreTied: true));
        Assert.EndsWith("'t0', 't1', 't2', 't3', 't4' and 4 more", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EnsureAllRead_KnownHarmlessSurplus_IsAllowed() =>
        Open(Counting("model.layers.0.self_attn.rotary_emb.inv_freq", [4]), Counting("lm_head.weight", [1]))
            .EnsureAllRead(embeddingsAreTied: true);

    [Fact]
    public void Read_RealModel_GivesEveryWeight()
    {
        string folder = SharedData.Path("models/stories260K");
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        using WeightReader reader = new(checkpoint);
        foreach (string name in checkpoint.Names)
        {
            using Tensor weight = reader.Read(name, checkpoint.Describe(name).Shape.AsSpan(), ScalarType.Float32, CPU);
            Assert.True(weight.isfinite().all().item<bool>());
        }
        reader.EnsureAllRead(embeddingsAreTied: true);
    }

    private WeightReader Open(params (string Name, string Dtype, long[] Shape, byte[] Data)[] tensors)
    {
        Write(_path, tensors);
        _checkpoint = Checkpoint.Open(_folder.Path);
        _reader = new WeightReader(_checkpoint);
        return _reader;
    }

    private static float[] Floats(Tensor tensor)
    {
        using Tensor floats = tensor.to(ScalarType.Float32).contiguous();
        return [.. floats.data<float>()];
    }

    private static int[] Shorts(Tensor tensor)
    {
        byte[] bytes = [.. tensor.bytes];
        return [.. Enumerable.Range(0, bytes.Length / 2).Select(i => (int)BitConverter.ToUInt16(bytes, 2 * i))];
    }
}
