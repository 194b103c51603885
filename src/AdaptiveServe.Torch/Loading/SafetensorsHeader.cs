using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;

namespace AdaptiveServe.Torch.Loading;

/// <summary>Parses and checks the JSON header of a safetensors file.</summary>
/// <remarks>
/// As strict as the format's reference implementation (tensors fill the data without holes or overlaps), and stricter where the
/// specification forbids what that implementation lets pass: names must not repeat.
/// </remarks>
internal ref struct SafetensorsHeader
{
    private const string MetadataName = "__metadata__";
    private const int MaxRank = 64;

    private readonly string _file;
    private readonly Dictionary<string, SafetensorsTensor> _tensors = new(StringComparer.Ordinal);
    private Dictionary<string, string>? _metadata;
    private Utf8JsonReader _reader;

    private SafetensorsHeader(string file, ReadOnlySpan<byte> json)
    {
        _file = file;
        _reader = new Utf8JsonReader(json);
    }

    public static (Dictionary<string, SafetensorsTensor> Tensors, Dictionary<string, string> Metadata) Parse(
        string file, ReadOnlySpan<byte> json, long dataBytes)
    {
        if (!Utf8.IsValid(json)) throw new ModelLoadException(file, "its header is not UTF-8 text");
        SafetensorsHeader header = new(file, json);
        try
        {
            header.ReadRoot();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Escapes that are no Unicode text (half of a surrogate pair) are reported as an invalid operation.
            throw new ModelLoadException(file, $"its header is not valid JSON: {e.Message}", e);
        }

        header.CheckLayout(dataBytes);
        return (header._tensors, header._metadata ?? []);
    }

    private void ReadRoot()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject) throw Refuse("its header is not a JSON object");
        while (NextProperty() is { } name)
        {
            if (name == MetadataName) ReadMetadata();
            else if (!_tensors.TryAdd(name, ReadTensor(name))) throw Refuse(name, "is there twice");
        }
        _reader.Read(); // throws when anything but white space follows
    }

    private void ReadMetadata()
    {
        if (_metadata is not null) throw Refuse(MetadataName, "is there twice");
        if (_reader.TokenType != JsonTokenType.StartObject) throw Refuse(MetadataName, "must be an object of strings");
        _metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        while (NextProperty() is { } key)
        {
            if (_reader.TokenType != JsonTokenType.String) throw Refuse(MetadataName, "must be an object of strings");
            if (_metadata.TryAdd(key, _reader.GetString()!)) continue;
            throw Refuse(MetadataName, $"has the key {ModelLoadException.Quote(key)} twice");
        }
    }

    private SafetensorsTensor ReadTensor(string name)
    {
        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        if (_reader.TokenType != JsonTokenType.StartObject) throw Refuse(name, "is not described by an object");
        while (NextProperty() is { } key)
        {
            switch (key)
            {
                case "dtype" when dtype is null:
                    dtype = ReadText(name, key);
                    break;
                case "shape" when shape is null:
                    shape = ReadIntegers(name, key, MaxRank);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadIntegers(name, key, 2);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Refuse(name, $"has {key} twice");
                default:
                    _reader.Skip();
                    break;
            }
        }

        if (dtype is null) throw Refuse(name, "has no dtype");
        if (shape is null) throw Refuse(name, "has no shape");
        if (offsets is not [long begin, long end]) throw Refuse(name, "has no pair of data_offsets");
        if (begin > end) throw Refuse(name, $"has data_offsets that run backwards, from {begin} to {end}");
        CheckSize(name, dtype, shape, end - begin);
        return new SafetensorsTensor(name, dtype, ImmutableArray.Create(shape), begin, end - begin);
    }

    private readonly void CheckSize(string name, string dtype, long[] shape, long bytes)
    {
        long elements = 1;
        try
        {
            foreach (long dimension in shape) elements = checked(elements * dimension);
            if (SafetensorsDtype.Size(dtype) is { } size && checked(elements * size) != bytes)
            {
                string kind = $"of type {dtype} and shape {SafetensorsTensor.Show(shape)}";
                throw Refuse(name, $"{kind} needs {elements * size} bytes, but has {bytes}");
            }
        }
        catch (OverflowException)
        {
            throw Refuse(name, $"has the impossible shape {SafetensorsTensor.Show(shape)}");
        }
    }

    /// <summary>Tensors, in the order of their offsets, must follow each other from the first byte of the data to its last.</summary>
    private readonly void CheckLayout(long dataBytes)
    {
        SafetensorsTensor[] ordered = [.. _tensors.Values.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteCount)];
        long end = 0;
        foreach (SafetensorsTensor tensor in ordered)
        {
            if (tensor.Offset < end) throw Refuse(tensor.Name, $"begins at byte {tensor.Offset}, before the end {end} of another one");
            if (tensor.Offset > end) throw Refuse(tensor.Name, $"begins at byte {tensor.Offset} and leaves a hole after byte {end}");
            end = tensor.Offset + tensor.ByteCount; // both come from one pair of 64-bit offsets, so the sum does not overflow
        }
        if (end > dataBytes) throw Refuse($"it is truncated: its tensors need {end} bytes after the header, and {dataBytes} are there");
        if (end < dataBytes) throw Refuse($"it has {dataBytes - end} bytes that belong to no tensor");
    }

    /// <summary>Steps to the value of the next property of the current object; null at its end.</summary>
    private string? NextProperty()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject) return null;
        string name = _reader.GetString()!;
        _reader.Read();
        return name;
    }

    private readonly string ReadText(string name, string key) =>
        _reader.TokenType == JsonTokenType.String ? _reader.GetString()! : throw Refuse(name, $"has a {key} that is not a string");

    private long[] ReadIntegers(string name, string key, int limit)
    {
        if (_reader.TokenType != JsonTokenType.StartArray) throw Refuse(name, $"has {key} that is not a list");
        List<long> integers = [];
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out long value) || value < 0)
            {
                throw Refuse(name, $"has {key} with an entry that is not a non-negative 64-bit integer");
            }
            if (integers.Count == limit) throw Refuse(name, $"has {key} with more than {limit} entries");
            integers.Add(value);
        }
        return [.. integers];
    }

    private readonly ModelLoadException Refuse(string reason) => new(_file, reason);

    private readonly ModelLoadException Refuse(string tensor, string reason) =>
        new(_file, $"tensor {ModelLoadException.Quote(tensor)} {reason}");
}
