using System.Buffers;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>Writes a GGUF file of version 3 (ggml, docs/gguf.md): header, metadata, descriptions of the tensors, and their data.</summary>
internal sealed class GgufWriter(Stream stream)
{
    private const uint Version = 3;
    private const int Alignment = 32; // the format's default, in bytes
    private const int ChunkElements = 1 << 20;

    private float[] _values = [];
    private byte[] _bytes = [];

    /// <summary>Writes the whole file, a few rows at a time; calls <paramref name="completed"/> after each tensor.</summary>
    /// <exception cref="LabException">A weight has a value that its type in the file cannot hold.</exception>
    public void Write(
        GgufMetadata metadata, IReadOnlyList<GgufTensor> tensors, Action completed, CancellationToken cancellation)
    {
        WriteHeader(metadata, tensors);
        foreach (GgufTensor tensor in tensors)
        {
            Pad();
            WriteData(tensor, cancellation);
            completed();
        }

        Pad();
    }

    private void WriteHeader(GgufMetadata metadata, IReadOnlyList<GgufTensor> tensors)
    {
        ArrayBufferWriter<byte> header = new();
        header.Write("GGUF"u8);
        header.WriteNumber(Version);
        header.WriteNumber((ulong)tensors.Count);
        header.WriteNumber(metadata.Count);
        header.Write(metadata.Bytes);
        ulong offset = 0;
        foreach (GgufTensor tensor in tensors)
        {
            Describe(header, tensor, offset);
            offset += (ulong)(tensor.Bytes + PaddingAfter(tensor.Bytes));
        }

        stream.Write(header.WrittenSpan);
    }

    /// <param name="header">Where to.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="offset">Where its data begins, counted from the first tensor's.</param>
    private static void Describe(ArrayBufferWriter<byte> header, GgufTensor tensor, ulong offset)
    {
        header.WriteText(tensor.Name);
        long[] dimensions = tensor.Dimensions;
        header.WriteNumber((uint)dimensions.Length);
        foreach (long size in dimensions) header.WriteNumber((ulong)size);
        header.WriteNumber(tensor.Dtype.Id);
        header.WriteNumber(offset);
    }

    private void WriteData(GgufTensor tensor, CancellationToken cancellation)
    {
        ITensorRows rows = tensor.Rows;
        long rowsPerChunk = Math.Clamp(ChunkElements / rows.Length, 1, rows.Count);
        for (long row = 0; row < rows.Count; row += rowsPerChunk)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<float> values = Room(ref _values, Math.Min(rowsPerChunk, rows.Count - row) * rows.Length);
            rows.Read(row, values);
            Span<byte> bytes = Room(ref _bytes, tensor.Dtype.Bytes(values.Length));
            if (!TensorEncoder.TryEncode(tensor.Dtype, values, bytes)) throw OutOfRange(tensor);
            stream.Write(bytes);
        }
    }

    private static LabException OutOfRange(GgufTensor tensor) => new(
        $"the tensor {tensor.Name} holds a value that {tensor.Dtype} cannot; {GgufDtype.F32} can");

    /// <summary>The beginning of an array that grows where it is too small.</summary>
    private static Span<T> Room<T>(ref T[] array, long length)
    {
        if (array.Length < length) array = new T[length];
        return array.AsSpan(0, (int)length);
    }

    private void Pad() => stream.Write(new byte[PaddingAfter(stream.Position)]);

    private static int PaddingAfter(long position) => (int)((Alignment - position % Alignment) % Alignment);
}
