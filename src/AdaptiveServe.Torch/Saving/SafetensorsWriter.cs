using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;

namespace AdaptiveServe.Torch.Saving;

/// <summary>Writes tensors in the safetensors format: the length of a JSON header, the header, the data.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <param name="stream">Where to.</param>
    /// <param name="tensors">Float32, float16 or bfloat16, on any device; they stay the caller's.</param>
    /// <param name="metadata">Text to put beside them, or null.</param>
    /// <exception cref="ArgumentException">A tensor has another type.</exception>
    public static void Write(
        Stream stream, IReadOnlyList<(string Name, torch.Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        byte[] header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, torch.Tensor tensor) in tensors)
        {
            using torch.Tensor host = tensor.detach().cpu().contiguous();
            stream.Write(host.bytes);
        }
    }

    private static byte[] Header(IReadOnlyList<(string Name, torch.Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        JsonObject root = [];
        if (metadata is not null)
            root["__metadata__"] = new JsonObject(metadata.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
        long offset = 0;
        foreach ((string name, torch.Tensor tensor) in tensors)
        {
            long end = offset + tensor.NumberOfElements * tensor.ElementSize;
            root[name] = new JsonObject
            {
                ["dtype"] = TypeName(tensor.dtype),
                ["shape"] = new JsonArray([.. tensor.shape.Select(size => JsonValue.Create(size))]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(root);
        int padding = (Alignment - json.Length % Alignment) % Alignment; // spaces, so that the data is aligned
        return [.. json, .. Enumerable.Repeat((byte)' ', padding)];
    }

    private static string TypeName(torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float32 => "F32",
        torch.ScalarType.Float16 => "F16",
        torch.ScalarType.BFloat16 => "BF16",
        _ => throw new ArgumentException($"safetensors files hold no {type} here."),
    };
}
