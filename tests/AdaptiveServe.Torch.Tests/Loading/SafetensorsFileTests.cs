using System.Text;
using AdaptiveServe.Torch.Loading;
using static AdaptiveServe.Tests.SafetensorsWriter;

namespace AdaptiveServe.Torch.Tests.Loading;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _path;

    public SafetensorsFileTests() => _path = _folder.File("x.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_TwoTensors_GivesShapesAndBytes()
    {
        Write(_path, Counting("a", [2, 3], first: 10), ("flag", "BOOL", [], [1]), ("none", "F32", [0, 4], []));
        using SafetensorsFile file = SafetensorsFile.Open(_path);

        Assert.Equal(["a", "flag", "none"], file.Tensors.Keys.Order());
        Assert.Equal([2, 3], file.Tensors["a"].Shape);
        Assert.Equal("F32", file.Tensors["a"].Dtype);
        Assert.Empty(file.Tensors["flag"].Shape);
        Assert.Empty(file.Metadata);

        byte[] bytes = new byte[8];
        file.Read(file.Tensors["a"], 16, bytes);
        Assert.Equal(Bytes(14, 15), bytes);
        byte[] flag = new byte[1];
        file.Read(file.Tensors["flag"], 0, flag);
        Assert.Equal([1], flag);
    }

    [Fact]
    public void Open_Metadata_IsGiven()
    {
        WriteRaw(_path, """{"__metadata__":{"format":"pt","fingerprint":"é"}}      """, []);
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        Assert.Equal("é", file.Metadata["fingerprint"]);
        Assert.Empty(file.Tensors);
    }

    [Fact]
    public void Open_OffsetsInAnyOrderOfNames_IsAccepted()
    {
        WriteRaw(_path, $"{{{Entry("late", "U8", [2], 1, 3)},{Entry("early", "U8", [1], 0, 1)}}}", [7, 8, 9]);
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        byte[] bytes = new byte[2];
        file.Read(file.Tensors["late"], 0, bytes);
        Assert.Equal([8, 9], bytes);
    }

    [Fact]
    public void Open_UnknownTypesAndKeys_AreAcceptedUntilUsed()
    {
        WriteRaw(_path, """{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2],"note":{"deep":[1]}}}""", [1, 2]);
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        Assert.Equal("F4", file.Tensors["a"].Dtype);
    }

    [Theory]
    [InlineData("[]", "its header is not a JSON object")]
    [InlineData("{} {}", "its header is not valid JSON")]
    [InlineData("{", "its header is not valid JSON")]
    [InlineData("", "its header is not valid JSON")]
    [InlineData("""{"a":1}""", "tensor 'a' is not described by an object")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", "tensor 'a' has no dtype")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", "has a dtype that is not a string")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", "tensor 'a' has no shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", "tensor 'a' has no pair of data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "tensor 'a' has no pair of data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", "data_offsets with more than 2 entries")]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", "has shape that is not a list")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "not a non-negative 64-bit integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", "not a non-negative 64-bit integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", "not a non-negative 64-bit integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551615]}}""", "not a non-negative 64-bit integer")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "run backwards, from 4 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "of type F32 and shape [2] needs 8 bytes, but has 4")]
    [InlineData("""{"a":{"dtype":"F16","shape":[],"data_offsets":[0,4]}}""", "of type F16 and shape [] needs 2 bytes, but has 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", "has the impossible shape")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,4]}}""", "has the impossible shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "its tensors need 8 bytes after the header, and 4 are there")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "it has 2 bytes that belong to no tensor")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "begins at byte 1 and leaves a hole after byte 0")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""",
        "tensor 'b' begins at byte 2, before the end 3 of another one")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[4,4]}}""",
        "tensor 'a' is there twice")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]}}""", "tensor 'a' has dtype twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "tensor '__metadata__' is there twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", "must be an object of strings")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", "has the key 'a' twice")]
    [InlineData("""{"__metadata__":null}""", "must be an object of strings")]
    [InlineData("""{"\ud800":{}}""", "its header is not valid JSON")]
    public void Open_BadHeader_IsRefused(string header, string reason)
    {
        WriteRaw(_path, header, new byte[4]);
        AssertRefused(reason);
    }

    [Fact]
    public void Open_BrokenUtf8_IsRefused()
    {
        WriteRaw(_path, [.. Encoding.UTF8.GetBytes("{\"__metadata__\":{\"a\":\""), 0xC3, 0x28, .. "\"}}"u8], []);
        AssertRefused("its header is not UTF-8 text");
    }

    [Fact]
    public void Open_TooManyDimensions_IsRefused()
    {
        WriteRaw(_path, $"{{{Entry("a", "U8", [.. Enumerable.Repeat(1L, 65)], 0, 1)}}}", [1]);
        AssertRefused("has shape with more than 64 entries");
    }

    [Fact]
    public void Open_DeepHeader_IsRefused()
    {
        WriteRaw(_path, "{\"a\":{\"x\":" + new string('[', 1_000_000), []);
        AssertRefused("its header is not valid JSON");
    }

    [Theory]
    [InlineData(3UL, "its header is not valid JSON")]
    [InlineData(1000UL, "it is truncated: its header has 1000 bytes")]
    [InlineData(100_000_001UL, "is above the limit of 100000000")]
    [InlineData(ulong.MaxValue, "its header length of 18446744073709551615 bytes is above the limit")]
    [InlineData((1UL << 63) + 2, "is above the limit")]
    public void Open_WrongHeaderLength_IsRefused(ulong length, string reason)
    {
        WriteRaw(_path, "{\"a\":{}}", [], length);
        AssertRefused(reason);
    }

    [Theory]
    [InlineData(0, "is empty")]
    [InlineData(7, "it is truncated: 7 bytes cannot hold a header")]
    [InlineData(50, "it is truncated: its header has")]
    public void Open_CutFile_IsRefused(int length, string reason)
    {
        Write(_path, Counting("a", [4]));
        using (FileStream file = new(_path, FileMode.Open)) file.SetLength(length);
        AssertRefused(reason);
    }

    [Fact]
    public void Open_MissingFile_IsNamed() => AssertRefused("does not exist");

    [Fact]
    public void Open_Device_IsRefusedWithoutReading()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no such device here");
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => SafetensorsFile.Open("/dev/zero"));
        Assert.Equal("/dev/zero: is empty", refusal.Message);
    }

    [Fact]
    public void Read_FileCutAfterOpening_Throws()
    {
        Write(_path, Counting("a", [4]));
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        File.WriteAllBytes(_path, File.ReadAllBytes(_path)[..^4]);
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => file.Read(file.Tensors["a"], 0, new byte[16]));
        Assert.Contains("it was cut after it was opened", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BeyondTheTensor_Throws()
    {
        Write(_path, Counting("a", [1]), Counting("b", [4]));
        using SafetensorsFile file = SafetensorsFile.Open(_path);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(file.Tensors["a"], 0, new byte[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(file.Tensors["b"], -4, new byte[4]));
    }

    private void AssertRefused(string reason)
    {
        ModelLoadException refusal = Assert.Throws<ModelLoadException>(() => SafetensorsFile.Open(_path));
        Assert.StartsWith(_path + ": ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
