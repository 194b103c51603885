using System.Globalization;
using System.Text.Json;

namespace AdaptiveServe.Torch.Loading;

/// <summary>One object of a JSON file; reads typed values and names the key in every complaint.</summary>
internal readonly struct JsonSection(string file, string prefix, JsonElement element)
{
    public string File => file;

    public bool IsEmpty => !element.EnumerateObject().Any();

    /// <summary>Whether the key is there at all, even with the value null.</summary>
    public bool HasKey(string key) => element.TryGetProperty(key, out _);

    /// <summary>Whether the key is there with a value other than null.</summary>
    public bool Has(string key) => element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The keys that say something: their values are neither null nor false, nor an empty text, list or object.</summary>
    public IEnumerable<string> SetKeys() => element.EnumerateObject().Where(property => property.Value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.String => property.Value.GetString() is not "",
        JsonValueKind.Array => property.Value.GetArrayLength() > 0,
        JsonValueKind.Object => property.Value.GetPropertyCount() > 0,
        _ => true,
    }).Select(property => property.Name);

    public bool IsText(string key) => Find(key) is { ValueKind: JsonValueKind.String };

    public bool IsZero(string key) =>
        Find(key) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && number == 0;

    public ModelLoadException Refuse(string key, string reason) => new(file, $"{prefix}{key} {reason}");

    public int Integer(string key, int min, int max) => OptionalInteger(key, min, max) ?? throw Refuse(key, "is missing");

    public int? OptionalInteger(string key, int min, int max) =>
        Find(key) is { } value ? ToInteger(key, value, min, max) : null;

    /// <summary>One integer or a list of them; null when the key is missing or null.</summary>
    public int[]? OptionalIntegers(string key, int min, int max)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) return [ToInteger(key, value, min, max)];
        int[] integers = new int[value.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in value.EnumerateArray()) integers[count++] = ToInteger(key, item, min, max);
        return integers;
    }

    /// <summary>A finite number above <paramref name="above"/> and not above <paramref name="max"/>; null when missing or null.</summary>
    public double? OptionalNumber(string key, double above, double max)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number))
        {
            throw Refuse(key, $"must be a number, found {Show(value)}");
        }
        return number > above && number <= max
            ? number
            : throw Refuse(key, Invariant($"must be above {above} and at most {max}, found {Show(value)}"));
    }

    public bool? OptionalFlag(string key)
    {
        if (Find(key) is not { } value) return null;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Refuse(key, $"must be true or false, found {Show(value)}"),
        };
    }

    public string? OptionalText(string key) => Find(key) is { } value ? ToText(key, value) : null;

    public string[]? OptionalTexts(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) throw Refuse(key, $"must be a list of strings, found {Show(value)}");
        string[] texts = new string[value.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in value.EnumerateArray()) texts[count++] = ToText(key, item);
        return texts;
    }

    /// <summary>All properties of this object, which must be strings. Looking each up by its key would take quadratic time.</summary>
    public IEnumerable<(string Key, string Text)> AllTexts()
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            yield return (property.Name, ToText(ModelLoadException.Quote(property.Name), property.Value));
        }
    }

    public JsonSection? OptionalSection(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Object) throw Refuse(key, $"must be an object, found {Show(value)}");
        return new JsonSection(file, $"{prefix}{key}.", value);
    }

    private JsonElement? Find(string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private int ToInteger(string key, JsonElement value, int min, int max)
    {
        if (value.ValueKind != JsonValueKind.Number) throw Refuse(key, $"must be an integer, found {Show(value)}");
        if (!value.TryGetInt32(out int integer) || integer < min || integer > max)
        {
            throw Refuse(key, Invariant($"must be an integer from {min} to {max}, found {Show(value)}"));
        }
        return integer;
    }

    private string ToText(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Refuse(key, $"must be a string, found {Show(value)}");

    private static string Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        JsonValueKind.String => ModelLoadException.Quote(value.GetString()!),
        _ => ModelLoadException.Quote(value.GetRawText()),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
