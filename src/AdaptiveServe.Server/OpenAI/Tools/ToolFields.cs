using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Tools;

/// <summary><c>tools</c>: functions that the model may ask for. They are handed to the chat template as they are.</summary>
internal sealed class ToolsField() : Field<JsonElement?>("tools")
{
    public const int MaxCount = 128;

    protected override string Expected => "an array of tools";

    protected override JsonElement? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw WrongType(value);
        int count = value.GetArrayLength();
        if (count == 0) return null;
        if (count > MaxCount) throw Invalid($"must have at most {MaxCount} tools.", "array_too_long");
        for (int i = 0; i < count; i++) Check(value[i], i);
        return value;
    }

    private static void Check(JsonElement tool, int index)
    {
        string name = $"tools[{index}]";
        if (tool.ValueKind != JsonValueKind.Object) throw WrongType(name, "an object", tool);
        if (!tool.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String || type.GetString() != "function")
            throw ApiException.Invalid($"{name}.type", $"Invalid '{name}.type': must be 'function'.");
        if (!tool.TryGetProperty("function", out JsonElement function) || function.ValueKind != JsonValueKind.Object)
            throw ApiException.Invalid($"{name}.function", $"'{name}.function' must be an object.", "invalid_type");
        if (!function.TryGetProperty("name", out JsonElement functionName) || functionName.ValueKind != JsonValueKind.String || functionName.GetString()!.Length == 0)
            throw ApiException.Invalid($"{name}.function.name", $"'{name}.function.name' must be a string of at least one character.");
        if (function.TryGetProperty("parameters", out JsonElement parameters) && parameters.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
            throw WrongType($"{name}.function.parameters", "an object", parameters);
    }
}

/// <summary><c>tool_choice</c>: <c>none</c> or <c>auto</c>; what forces a call is not built yet.</summary>
internal sealed class ToolChoiceField() : Field<string>("tool_choice")
{
    protected override string Expected => "'none', 'auto', 'required' or an object";

    protected override string? Parse(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object) throw ApiException.NotSupported(Name, "A named 'tool_choice' is not supported yet; 'none' and 'auto' are.");
        return Text(value) switch
        {
            "none" or "auto" => value.GetString(),
            "required" => throw ApiException.NotSupported(Name, "'tool_choice': 'required' is not supported yet; 'none' and 'auto' are."),
            _ => throw Invalid("must be 'none', 'auto', 'required' or an object."),
        };
    }
}
