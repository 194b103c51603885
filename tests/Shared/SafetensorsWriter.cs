using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace AdaptiveServe.Tests;

/// <summary>Writes small safetensors files, right ones and deliberately wrong ones.</summary>
internal static class SafetensorsWriter
{
    /// <summary>One after the other, in the order given.</summary>
    public static void Write(string path, params IReadOnlyList<(string Name, string Dtype, long[] Shape, byte[] Data)> tensors)
    {
        StringBuilder header = new("{");
        long offset = 0;
        foreach ((string name, string dtype, long[] shape, byte[] data) in tensors)
        {
            if (header.Length > 1) header.Append(',');
            header.Append(Entry(name, dtype, shape, offset, offset + data.Length));
            offset += data.Length;
        }
        WriteRaw(path, header.Append('}').ToString(), [.. tensors.SelectMany(tensor => tensor.Data)]);
    }

    /// <summary>A float32 tensor whose elements count up from a number.</summary>
    public static (string Name, string Dtype, long[] Shape, byte[] Data) Counting(string name, long[] shape, float first = 0) =>
        (name, "F32", shape, Bytes([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => first + i)]));

    public static byte[] Bytes(params float[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return bytes;
    }

    /// <summary>The header's entry of a tensor: <c>"name":{...}</c>.</summary>
    public static string Entry(string name, string dtype, long[] shape, long begin, long end) =>
        $$"""
        {{JsonSerializer.Serialize(name)}}:{"dtype":"{{dtype}}","shape":[{{string.Join(',', shape)}}],"data_offsets":[{{begin}},{{end}}]}
        """;

    /// <summary>A file of any header and data; a header length other than the right one makes a malformed file.</summary>
    public static void WriteRaw(string path, string header, byte[] data, ulong? headerLength = null) =>
        WriteRaw(path, Encoding.UTF8.GetBytes(header), data, headerLength);

    /// <inheritdoc cref="WriteRaw(string, string, byte[], ulong?)"/>
    public static void WriteRaw(string path, byte[] header, byte[] data, ulong? headerLength = null)
    {
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, headerLength ?? (ulong)header.Length);
        File.WriteAllBytes(path, [.. length, .. header, .. data]);
    }
}
