using System.Text.Json;

namespace AdaptiveServe.Text.Tokenizers.Files;

/// <summary>A value in a JSON file that knows where it stands, so that every complaint names the file and the place.</summary>
/// <remarks>All members throw <see cref="TokenizerLoadException"/> where the value is not of the kind asked for.</remarks>
internal readonly struct JsonValue(string file, string path, JsonElement element)
{
    /// <summary>The property of that name; null where it is absent or JSON's null.</summary>
    public JsonValue? this[string name]
    {
        get
        {
            if (element.ValueKind != JsonValueKind.Object) throw Expected("an object");
            JsonElement value = Decoded(element, parent => parent.TryGetProperty(name, out JsonElement found) ? found : default);
            bool isPresent = value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
            return isPresent ? new JsonValue(file, path.Length == 0 ? name : $"{path}.{name}", value) : null;
        }
    }

    public bool IsString => element.ValueKind == JsonValueKind.String;

    public bool IsArray => element.ValueKind == JsonValueKind.Array;

    public JsonValue Required(string name) => this[name] ?? throw Error($"the property '{name}' is missing");

    public string AsString() => IsString ? Decoded(element, static value => value.GetString()!) : throw Expected("a string");

    public int AsInt() =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value) ? value : throw Expected("a whole number");

    public bool AsBool() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Expected("true or false"),
    };

    public int Count => IsArray ? element.GetArrayLength() : throw Expected("an array");

    public IEnumerable<JsonValue> Items()
    {
        if (!IsArray) throw Expected("an array");
        int index = 0;
        foreach (JsonElement item in element.EnumerateArray()) yield return new JsonValue(file, $"{path}[{index++}]", item);
    }

    public IEnumerable<(string Name, JsonValue Value)> Properties()
    {
        if (element.ValueKind != JsonValueKind.Object) throw Expected("an object");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = Decoded(property, static value => value.Name);
            yield return (name, new JsonValue(file, path, property.Value)); // a path for each piece would cost megabytes
        }
    }

    public TokenizerLoadException Error(string reason, Exception? inner = null) =>
        new(file, path.Length == 0 ? reason : $"{path}: {reason}", inner);

    private TokenizerLoadException Expected(string kind) => Error($"expected {kind}, found {element.ValueKind}");

    /// <summary>Strings are decoded when they are asked for, and may turn out to hold half a surrogate pair.</summary>
    private T Decoded<TSource, T>(TSource source, Func<TSource, T> read)
    {
        try
        {
            return read(source);
        }
        catch (InvalidOperationException exception)
        {
            throw Error("a string is not valid Unicode", exception);
        }
    }
}
