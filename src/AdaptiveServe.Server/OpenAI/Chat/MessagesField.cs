using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Chat;

/// <summary>
/// <c>messages</c>: checked, and turned into what chat templates expect: content as one text, arguments of tool calls as objects, all
/// other members as they came.
/// </summary>
internal sealed class MessagesField() : Field<JsonArray>("messages")
{
    public const int MaxCount = 4096;

    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool"];

    protected override string Expected => "an array of messages";

    protected override JsonArray? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw WrongType(value);
        int count = value.GetArrayLength();
        if (count == 0) throw Invalid("must have at least one message.", "empty_array");
        if (count > MaxCount) throw Invalid($"must have at most {MaxCount} messages.", "array_too_long");
        var messages = new JsonArray();
        foreach (JsonElement message in value.EnumerateArray()) messages.Add((JsonNode)ToTemplate(message, $"messages[{messages.Count}]"));
        return messages;
    }

    private static JsonObject ToTemplate(JsonElement message, string name)
    {
        if (message.ValueKind != JsonValueKind.Object) throw WrongType(name, "an object", message);
        string role = Role(message, name);
        JsonObject node = JsonObject.Create(message)!;
        JsonArray? calls = message.TryGetProperty("tool_calls", out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? ToolCalls(value, role, $"{name}.tool_calls")
            : null;
        if (calls is not null) node["tool_calls"] = calls;
        node["content"] = Content(message, name, mayBeAbsent: calls is { Count: > 0 });
        CheckText(message, name, "name");
        CheckText(message, name, "tool_call_id");
        return node;
    }

    private static string Role(JsonElement message, string name)
    {
        if (!message.TryGetProperty("role", out JsonElement role)) throw ApiException.Invalid($"{name}.role", $"'{name}.role' is missing.", "missing_field");
        if (role.ValueKind != JsonValueKind.String) throw WrongType($"{name}.role", "a string", role);
        return Roles.Contains(role.GetString())
            ? role.GetString()!
            : throw ApiException.Invalid($"{name}.role", $"Invalid '{name}.role': must be one of {string.Join(", ", Roles.Select(known => $"'{known}'"))}.");
    }

    private static JsonNode? Content(JsonElement message, string name, bool mayBeAbsent)
    {
        string field = $"{name}.content";
        if (!message.TryGetProperty("content", out JsonElement content) || content.ValueKind == JsonValueKind.Null)
            return mayBeAbsent ? null : throw ApiException.Invalid(field, $"'{field}' is missing.", "missing_field");
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString(),
            JsonValueKind.Array => string.Join('\n', content.EnumerateArray().Select((part, i) => PartText(part, $"{field}[{i}]"))),
            _ => throw WrongType(field, "a string or an array of parts", content),
        };
    }

    private static string PartText(JsonElement part, string name)
    {
        if (part.ValueKind != JsonValueKind.Object) throw WrongType(name, "an object", part);
        string type = part.TryGetProperty("type", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        string member = type switch
        {
            "text" or "refusal" => type,
            "image_url" or "input_audio" or "file" =>
                throw ApiException.NotSupported($"{name}.type", $"Parts of type '{type}' are not supported: the model reads text only."),
            _ => throw ApiException.Invalid($"{name}.type", $"Invalid '{name}.type': must be 'text'."),
        };
        return part.TryGetProperty(member, out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw ApiException.Invalid($"{name}.{member}", $"'{name}.{member}' must be a string.", "invalid_type");
    }

    private static JsonArray ToolCalls(JsonElement calls, string role, string name)
    {
        if (role != "assistant") throw ApiException.Invalid(name, $"'{name}' is only allowed in messages of the assistant.");
        if (calls.ValueKind != JsonValueKind.Array) throw WrongType(name, "an array", calls);
        var nodes = new JsonArray();
        foreach (JsonElement call in calls.EnumerateArray()) nodes.Add((JsonNode)ToolCall(call, $"{name}[{nodes.Count}]"));
        return nodes;
    }

    private static JsonObject ToolCall(JsonElement call, string name)
    {
        if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("function", out JsonElement function) || function.ValueKind != JsonValueKind.Object)
            throw ApiException.Invalid($"{name}.function", $"'{name}.function' must be an object.", "invalid_type");
        CheckText(function, $"{name}.function", "name", isRequired: true);
        CheckText(function, $"{name}.function", "arguments", isRequired: true);
        JsonObject node = JsonObject.Create(call)!;
        node["function"]!["arguments"] = Arguments(function.GetProperty("arguments").GetString()!, $"{name}.function.arguments");
        return node;
    }

    /// <summary>Templates write the arguments as JSON themselves, so they need the object and not its text.</summary>
    private static JsonObject Arguments(string text, string name)
    {
        try
        {
            if (JsonNode.Parse(text.Length == 0 ? "{}" : text) is JsonObject arguments) return arguments;
        }
        catch (JsonException)
        {
            // told below
        }

        throw ApiException.Invalid(name, $"'{name}' must be the text of a JSON object.");
    }

    private static void CheckText(JsonElement owner, string name, string member, bool isRequired = false)
    {
        bool isAbsent = !owner.TryGetProperty(member, out JsonElement value) || value.ValueKind == JsonValueKind.Null;
        if (isAbsent && !isRequired) return;
        if (isAbsent) throw ApiException.Invalid($"{name}.{member}", $"'{name}.{member}' is missing.", "missing_field");
        if (value.ValueKind != JsonValueKind.String) throw WrongType($"{name}.{member}", "a string", value);
    }
}
