using System.Buffers;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>Keys and typed values in the form and order of the file (GGUF version 3, little endian).</summary>
internal sealed class GgufMetadata
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The numbers that the format gives to types of values.</summary>
    private enum ValueType
    {
        UInt32 = 4,
        Int32 = 5,
        Float32 = 6,
        Bool = 7,
        String = 8,
        Array = 9,
    }

    public ulong Count { get; private set; }

    /// <summary>All of them as they stand in the file.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public void Add(string key, uint value)
    {
        Begin(key, ValueType.UInt32);
        _bytes.WriteNumber(value);
    }

    public void Add(string key, float value)
    {
        Begin(key, ValueType.Float32);
        _bytes.WriteNumber(value);
    }

    public void Add(string key, bool value)
    {
        Begin(key, ValueType.Bool);
        _bytes.Write([value ? (byte)1 : (byte)0]);
    }

    public void Add(string key, string value)
    {
        Begin(key, ValueType.String);
        _bytes.WriteText(value);
    }

    public void Add(string key, IReadOnlyCollection<string> values)
    {
        BeginArray(key, ValueType.String, values.Count);
        foreach (string value in values) _bytes.WriteText(value);
    }

    public void Add(string key, IReadOnlyCollection<int> values)
    {
        BeginArray(key, ValueType.Int32, values.Count);
        foreach (int value in values) _bytes.WriteNumber((uint)value);
    }

    public void Add(string key, IReadOnlyCollection<float> values)
    {
        BeginArray(key, ValueType.Float32, values.Count);
        foreach (float value in values) _bytes.WriteNumber(value);
    }

    private void Begin(string key, ValueType type)
    {
        Count++;
        _bytes.WriteText(key);
        _bytes.WriteNumber((uint)type);
    }

    private void BeginArray(string key, ValueType type, int count)
    {
        Begin(key, ValueType.Array);
        _bytes.WriteNumber((uint)type);
        _bytes.WriteNumber((ulong)count);
    }
}
