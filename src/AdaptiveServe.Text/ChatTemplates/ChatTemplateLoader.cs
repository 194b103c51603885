using System.Text.Json;

namespace AdaptiveServe.Text.ChatTemplates;

/// <summary>Finds the chat templates of a model folder.</summary>
public static class ChatTemplateLoader
{
    private const long MaxBytes = 1 << 20;

    /// <param name="modelDirectory">A Hugging Face model folder.</param>
    /// <param name="templateFile">A file to take instead of the folder's own; null for none.</param>
    /// <returns>Null when there is no file and the folder has no template.</returns>
    /// <exception cref="ChatTemplateException">A template is missing, malformed or not supported; names the file.</exception>
    public static ChatTemplateSet? Load(string modelDirectory, string? templateFile = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelDirectory);
        if (templateFile is not null) return new ChatTemplateSet(Parse(templateFile));
        string own = Path.Combine(modelDirectory, "chat_template.jinja");
        if (File.Exists(own))
        {
            string toolUse = Path.Combine(modelDirectory, "additional_chat_templates", "tool_use.jinja");
            return new ChatTemplateSet(Parse(own), File.Exists(toolUse) ? Parse(toolUse) : null);
        }

        return FromJson(Path.Combine(modelDirectory, "chat_template.json")) ?? FromJson(Path.Combine(modelDirectory, "tokenizer_config.json"));
    }

    private static ChatTemplate Parse(string file) => ChatTemplate.Parse(Read(file), file);

    /// <summary>The key <c>chat_template</c> holds one template, or a list of named ones.</summary>
    private static ChatTemplateSet? FromJson(string file)
    {
        if (!File.Exists(file)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(Read(file));
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("chat_template", out JsonElement template)) return null;
            return template.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => new ChatTemplateSet(ChatTemplate.Parse(template.GetString()!, file)),
                JsonValueKind.Array => FromList(template, file),
                _ => throw Malformed(file, "'chat_template' is neither a text nor a list"),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Malformed(file, exception.Message, exception);
        }
    }

    private static ChatTemplateSet FromList(JsonElement list, string file)
    {
        var named = new Dictionary<string, ChatTemplate>();
        foreach (JsonElement entry in list.EnumerateArray())
        {
            string name = entry.GetProperty("name").GetString() ?? "";
            named[name] = ChatTemplate.Parse(entry.GetProperty("template").GetString() ?? "", $"{file} ({name})");
        }

        return named.TryGetValue("default", out ChatTemplate? standard)
            ? new ChatTemplateSet(standard, named.GetValueOrDefault("tool_use"))
            : throw Malformed(file, "the list of chat templates has none that is called 'default'");
    }

    private static string Read(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (info.Length > MaxBytes && info.Name.EndsWith(".jinja", StringComparison.Ordinal)) throw Malformed(file, $"it has more than {MaxBytes} bytes");
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Malformed(file, exception.Message, exception);
        }
    }

    private static ChatTemplateException Malformed(string file, string reason, Exception? inner = null) =>
        new(ChatTemplateFault.Malformed, $"{file}: {reason}", inner);
}
