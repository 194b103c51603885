using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI.Chat;

/// <summary><c>chat_template_kwargs</c>: more variables for the chat template, but neither messages nor tools, which have fields of their own.</summary>
internal sealed class TemplateArgumentsField() : Field<JsonElement?>("chat_template_kwargs")
{
    protected override string Expected => "an object";

    protected override JsonElement? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw WrongType(value);
        foreach (JsonProperty argument in value.EnumerateObject())
            if (argument.Name is "messages" or "tools") throw Invalid($"must not have '{argument.Name}'.");
        return value;
    }
}
