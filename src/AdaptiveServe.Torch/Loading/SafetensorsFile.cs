using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AdaptiveServe.Torch.Loading;

/// <summary>A safetensors file: its header is checked as a whole when opened, its data is read on demand.</summary>
/// <remarks>
/// Data is read by position and not mapped into memory: a mapped file that someone cuts while it is read kills the process, mapped
/// pages count as the process's memory, and a read goes into the tensor's own memory without a copy between. Threads may read at once.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = 8;
    private const int MaxHeaderBytes = 100_000_000; // the limit of the reference implementation

    private readonly SafeFileHandle _handle;
    private readonly long _dataStart;

    private SafetensorsFile(
        string path,
        SafeFileHandle handle,
        long dataStart,
        Dictionary<string, SafetensorsTensor> tensors,
        Dictionary<string, string> metadata)
    {
        Path = path;
        _handle = handle;
        _dataStart = dataStart;
        Tensors = tensors;
        Metadata = metadata;
    }

    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors { get; }

    /// <summary>The free texts of the header's <c>__metadata__</c>; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header against its length.</summary>
    /// <exception cref="ModelLoadException">The file is missing, truncated or malformed.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        SafeFileHandle handle = ModelFile.Open(path, out long fileBytes);
        try
        {
            byte[] header = ReadHeader(handle, path, fileBytes);
            long dataStart = LengthBytes + header.Length;
            (Dictionary<string, SafetensorsTensor> tensors, Dictionary<string, string> metadata) =
                SafetensorsHeader.Parse(path, header, fileBytes - dataStart);
            return new SafetensorsFile(path, handle, dataStart, tensors, metadata);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Copies bytes of a tensor of this file, beginning <paramref name="offset"/> bytes into it.</summary>
    /// <exception cref="ModelLoadException">The file cannot be read any more.</exception>
    public void Read(SafetensorsTensor tensor, long offset, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, tensor.ByteCount - destination.Length);
        ModelFile.Read(_handle, Path, _dataStart + tensor.Offset + offset, destination);
    }

    /// <summary>Reads a float32 tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="why">What the shape follows from, as the end of a sentence.</param>
    /// <param name="shape">What its shape must be.</param>
    /// <exception cref="ModelLoadException">It is missing, of another type or shape, or not finite.</exception>
    internal float[] ReadFloats(string name, string why, params ReadOnlySpan<int> shape)
    {
        string quoted = ModelLoadException.Quote(name);
        if (!Tensors.TryGetValue(name, out SafetensorsTensor? tensor)) throw new ModelLoadException(Path, $"tensor {quoted} is missing");
        if (tensor.Dtype != "F32" || !tensor.Shape.SequenceEqual(shape.ToArray().Select(size => (long)size)))
            throw new ModelLoadException(Path, $"tensor {quoted} must be float32 of [{string.Join(", ", shape.ToArray())}]{why}");
        float[] values = new float[tensor.ByteCount / sizeof(float)];
        Read(tensor, 0, MemoryMarshal.AsBytes(values.AsSpan()));
        return TensorPrimitives.IsFiniteAll(values) ? values : throw new ModelLoadException(Path, $"tensor {quoted} has values that are no numbers");
    }

    public void Dispose() => _handle.Dispose();

    private static byte[] ReadHeader(SafeFileHandle handle, string path, long fileBytes)
    {
        if (fileBytes < LengthBytes) throw new ModelLoadException(path, $"it is truncated: {fileBytes} bytes cannot hold a header");
        Span<byte> prefix = stackalloc byte[LengthBytes];
        ModelFile.Read(handle, path, 0, prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeaderBytes)
        {
            throw new ModelLoadException(path, $"its header length of {length} bytes is above the limit of {MaxHeaderBytes}");
        }
        if ((long)length > fileBytes - LengthBytes)
        {
            throw new ModelLoadException(path, $"it is truncated: its header has {length} bytes, and {fileBytes - LengthBytes} are there");
        }

        byte[] header = new byte[length];
        ModelFile.Read(handle, path, LengthBytes, header);
        return header;
    }
}
