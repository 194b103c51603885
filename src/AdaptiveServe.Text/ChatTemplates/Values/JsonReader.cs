using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Turns JSON into values.</summary>
internal static class JsonReader
{
    /// <exception cref="RenderingException">The JSON is nested too deeply, or names a property twice, or holds invalid Unicode.</exception>
    public static Dictionary<string, object> Variables(JsonObject context, Budget budget) => Guarded(() =>
    {
        var variables = new Dictionary<string, object>(context.Count);
        foreach ((string name, JsonNode? value) in context) variables.Add(name, Value(value, budget));
        return variables;
    });

    public static object Parse(string text, Budget budget)
    {
        budget.AllocateItems(text.Length); // more than any text of that length can hold
        return Guarded(() => Value(JsonNode.Parse(text), budget));
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw RenderingException.Failed($"the JSON is not valid: {exception.Message}", exception);
        }
    }

    private static object Value(JsonNode? node, Budget budget)
    {
        switch (node)
        {
            case null: return None.Value;
            case JsonValue value: return Scalar(value);
        }

        budget.Enter();
        object result = node is JsonArray array ? Items(array, budget) : Entries(node.AsObject(), budget);
        budget.Leave();
        return result;
    }

    private static Sequence Items(JsonArray array, Budget budget)
    {
        var items = new List<object>(array.Count);
        foreach (JsonNode? item in array) items.Add(Value(item, budget));
        return Sequence.List(items);
    }

    private static Mapping Entries(JsonObject entries, Budget budget)
    {
        var mapping = new Mapping();
        foreach ((string name, JsonNode? value) in entries) mapping.Set(name, Value(value, budget));
        return mapping;
    }

    private static object Scalar(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.True => Box.Of(true),
        JsonValueKind.False => Box.Of(false),
        JsonValueKind.Number => Number(value.ToJsonString()),
        JsonValueKind.String when value.TryGetValue(out string? text) => text,
        _ => JsonDocument.Parse(value.ToJsonString()).RootElement.GetString()!, // a date or the like that code put there
    };

    // As Python does: a number is whole where it is written without point and exponent.
    private static object Number(string text)
    {
        if (text.AsSpan().ContainsAny('.', 'e', 'E')) return double.Parse(text, CultureInfo.InvariantCulture);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)) return number;
        const int MaxDigits = 1000; // reading more takes long
        if (text.Length > MaxDigits) throw RenderingException.Failed($"a number has more than {MaxDigits} digits");
        return BigInteger.Parse(text, CultureInfo.InvariantCulture);
    }
}
