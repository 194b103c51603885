using System.Text.Json;

namespace AdaptiveServe.Server.OpenAI.Fields;

/// <summary>Numbers of layers. Whether they are a route is checked with the model.</summary>
internal sealed class LayersField(string name) : Field<IReadOnlyList<int>>(name)
{
    public const int MaxCount = 4096;

    protected override string Expected => "an array of layer numbers";

    protected override IReadOnlyList<int>? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw WrongType(value);
        if (value.GetArrayLength() > MaxCount) throw Invalid($"must have at most {MaxCount} layers.", "array_too_long");
        return [.. value.EnumerateArray().Select(layer =>
            layer.ValueKind == JsonValueKind.Number && layer.TryGetInt32(out int number) ? number : throw WrongType(layer))];
    }
}
