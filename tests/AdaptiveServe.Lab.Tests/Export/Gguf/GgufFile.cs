using System.Buffers.Binary;
using System.Text;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

/// <summary>Reads GGUF files by the format's description, strictly: what no tensor, no value and no padding explains is an error.</summary>
internal sealed class GgufFile
{
    private const int Alignment = 32;

    private readonly byte[] _file;
    private int _position;

    private GgufFile(byte[] file) => _file = file;

    public Dictionary<string, object> Metadata { get; } = [];

    public Dictionary<string, GgufEntry> Tensors { get; } = [];

    public static GgufFile Read(string path)
    {
        GgufFile file = new(File.ReadAllBytes(path));
        file.ReadHeader();
        return file;
    }

    public T Value<T>(string key) => Assert.IsType<T>(Metadata[key]);

    /// <summary>The values of an array.</summary>
    public T[] Values<T>(string key) => [.. Value<object[]>(key).Cast<T>()];

    private void ReadHeader()
    {
        Assert.Equal("GGUF"u8, Take(4));
        Assert.Equal(3u, Number32());
        ulong tensors = Number64(), values = Number64();
        for (ulong i = 0; i < values; i++) Metadata.Add(Text(), ReadValue(Number32()));
        List<(string Name, long[] Dimensions, uint Type, ulong Offset)> entries = [];
        for (ulong i = 0; i < tensors; i++) entries.Add((Text(), ReadDimensions(), Number32(), Number64()));
        Pad();
        int start = _position;
        foreach ((string name, long[] dimensions, uint type, ulong offset) in entries)
        {
            Assert.Equal(_position - start, (int)offset); // one after the other, aligned
            int length = GgufEntry.ByteCount(dimensions, type);
            Tensors.Add(name, new GgufEntry(dimensions, type, Take(length).ToArray()));
            Pad();
        }

        Assert.Equal(_file.Length, _position);
    }

    private long[] ReadDimensions()
    {
        long[] dimensions = new long[Number32()];
        for (int i = 0; i < dimensions.Length; i++) dimensions[i] = (long)Number64();
        return dimensions;
    }

    private object ReadValue(uint type) => type switch
    {
        4 => Number32(),
        5 => (int)Number32(),
        6 => BitConverter.UInt32BitsToSingle(Number32()),
        7 => Take(1)[0] switch { 0 => false, 1 => true, var other => throw new InvalidDataException($"{other} is no bool") },
        8 => Text(),
        9 => ReadArray(Number32(), Number64()),
        _ => throw new InvalidDataException($"the type {type} is not expected"),
    };

    private object[] ReadArray(uint type, ulong count)
    {
        object[] values = new object[count];
        for (int i = 0; i < values.Length; i++) values[i] = ReadValue(type);
        return values;
    }

    private string Text() => Encoding.UTF8.GetString(Take((int)Number64()));

    private uint Number32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ulong Number64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private void Pad()
    {
        while (_position % Alignment != 0) Assert.Equal(0, Take(1)[0]);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        _position += count;
        return _file.AsSpan(_position - count, count);
    }
}
