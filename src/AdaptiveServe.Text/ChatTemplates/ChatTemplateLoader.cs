using System.Text;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Text.Tokenizers.Files;

namespace AdaptiveServe.Text.ChatTemplates;

/// <summary>Finds the chat template of a Hugging Face model folder.</summary>
public static class ChatTemplateLoader
{
    private const int MaxTemplateBytes = 4 << 20;
    private const string DefaultName = "default";
    private const string ToolUseName = "tool_use";

    /// <summary>
    /// Reads <paramref name="templateFile"/> if it is given; otherwise the first of these that there is: <c>chat_template.jinja</c> with
    /// <c>additional_chat_templates/tool_use.jinja</c>, <c>chat_template.json</c>, and <c>chat_template</c> in
    /// <c>tokenizer_config.json</c>. Null if there is none of them.
    /// </summary>
    /// <exception cref="ChatTemplateException">A file cannot be read, or holds a template that is malformed or not supported.</exception>
    public static ChatTemplateSet? Load(string modelDirectory, string? templateFile = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelDirectory);
        try
        {
            if (templateFile is not null) return new ChatTemplateSet(ReadTemplate(templateFile));
            return ReadTemplates(modelDirectory)
                ?? ReadJson(Path.Combine(modelDirectory, "chat_template.json"))
                ?? ReadJson(Path.Combine(modelDirectory, "tokenizer_config.json"));
        }
        catch (TokenizerLoadException exception)
        {
            throw new ChatTemplateException(ChatTemplateFault.Malformed, exception.Message, exception);
        }
    }

    private static ChatTemplateSet? ReadTemplates(string directory)
    {
        string standard = Path.Combine(directory, "chat_template.jinja");
        if (!File.Exists(standard)) return null;
        string toolUse = Path.Combine(directory, "additional_chat_templates", ToolUseName + ".jinja");
        return new ChatTemplateSet(ReadTemplate(standard), File.Exists(toolUse) ? ReadTemplate(toolUse) : null);
    }

    private static ChatTemplate ReadTemplate(string path)
    {
        try
        {
            string source = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(ModelFile.Read(path, MaxTemplateBytes));
            return ChatTemplate.Parse(source.TrimStart('\uFEFF'), path);
        }
        catch (DecoderFallbackException exception)
        {
            throw new TokenizerLoadException(path, "the file is not valid UTF-8", exception);
        }
    }

    private static ChatTemplateSet? ReadJson(string path)
    {
        if (JsonFile.ReadIfPresent(path)?["chat_template"] is not { } value) return null;
        if (value.IsString) return new ChatTemplateSet(ChatTemplate.Parse(value.AsString(), path));

        Dictionary<string, string> sources = ReadNamed(value);
        if (!sources.TryGetValue(DefaultName, out string? standard)) throw value.Error($"no template has the name '{DefaultName}'");
        string? toolUse = sources.GetValueOrDefault(ToolUseName);
        return new ChatTemplateSet(
            ChatTemplate.Parse(standard, path),
            toolUse is null ? null : ChatTemplate.Parse(toolUse, $"{path} ({ToolUseName})"));
    }

    /// <summary>A list of names and templates, or an object with a property for each.</summary>
    private static Dictionary<string, string> ReadNamed(JsonValue value)
    {
        var sources = new Dictionary<string, string>();
        if (value.IsArray)
            foreach (JsonValue item in value.Items()) sources[item.Required("name").AsString()] = item.Required("template").AsString();
        else
            foreach ((string name, JsonValue source) in value.Properties()) sources[name] = source.AsString();
        return sources;
    }
}
