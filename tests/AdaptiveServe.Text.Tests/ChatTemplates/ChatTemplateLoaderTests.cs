using AdaptiveServe.Tests;
using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Text.Tests.ChatTemplates;

public class ChatTemplateLoaderTests
{
    [Fact]
    public void Load_NoTemplate_GivesNull()
    {
        using TemporaryFolder folder = new TemporaryFolder().With("tokenizer_config.json", """{"chat_template": null}""");
        Assert.Null(ChatTemplateLoader.Load(folder.Path));
    }

    [Fact]
    public void Load_SeveralSources_TakesTheFirst()
    {
        using TemporaryFolder folder = new TemporaryFolder().With("tokenizer_config.json", """{"chat_template": "config"}""");
        Assert.Equal("config", Render(ChatTemplateLoader.Load(folder.Path)!.Default));
        folder.With("chat_template.json", """{"chat_template": "json"}""");
        Assert.Equal("json", Render(ChatTemplateLoader.Load(folder.Path)!.Default));
        folder.With("chat_template.jinja", "\uFEFFjinja");
        Assert.Equal("jinja", Render(ChatTemplateLoader.Load(folder.Path)!.Default));
        folder.With("other.jinja", "explicit");
        Assert.Equal("explicit", Render(ChatTemplateLoader.Load(folder.Path, folder.File("other.jinja"))!.Default));
    }

    [Theory]
    [InlineData("""[{"name": "default", "template": "plain"}, {"name": "tool_use", "template": "{{ tools }}"}]""")]
    [InlineData("""{"default": "plain", "tool_use": "{{ tools }}", "rag": "{% not read"}""")]
    public void Load_NamedTemplates_ChoosesByTools(string templates)
    {
        using TemporaryFolder folder = new TemporaryFolder().With("tokenizer_config.json", $$"""{"chat_template": {{templates}}}""");
        ChatTemplateSet set = ChatTemplateLoader.Load(folder.Path)!;
        Assert.Equal("plain", Render(set.For(hasTools: false)));
        Assert.Same(set.ToolUse, set.For(hasTools: true));
        Assert.True(set.SupportsTools);
    }

    [Fact]
    public void Load_AdditionalTemplates_TakesTheOneForTools()
    {
        using TemporaryFolder folder = new TemporaryFolder().With("chat_template.jinja", "plain");
        Assert.False(ChatTemplateLoader.Load(folder.Path)!.SupportsTools);
        Directory.CreateDirectory(folder.File("additional_chat_templates"));
        folder.With("additional_chat_templates/tool_use.jinja", "with {{ tools }}").With("additional_chat_templates/rag.jinja", "{%");
        ChatTemplateSet set = ChatTemplateLoader.Load(folder.Path)!;
        Assert.Equal("with ", Render(set.For(hasTools: true)));
        Assert.Equal("plain", Render(set.For(hasTools: false)));
    }

    [Theory]
    [InlineData("chat_template.jinja", "a\n{% nope %}", " line 2: unknown statement 'nope'")]
    [InlineData("chat_template.json", "{", ": the file is not valid JSON: ")]
    [InlineData("tokenizer_config.json", """{"chat_template": 5}""", ": chat_template: expected an object, found Number")]
    [InlineData("tokenizer_config.json", """{"chat_template": {"rag": "a"}}""", ": chat_template: no template has the name 'default'")]
    [InlineData("tokenizer_config.json", """{"chat_template": [{"name": "a"}]}""", ": chat_template[0]: the property 'template' is ")]
    [InlineData("tokenizer_config.json", """{"chat_template": "{{ x"}""", " line 1: a tag is not closed")]
    [InlineData("chat_template.json", """{"chat_template": {"default": "", "tool_use": "{{"}}""", " (tool_use) line 1: a tag is not ")]
    public void Load_Malformed_NamesTheFile(string file, string content, string message)
    {
        using TemporaryFolder folder = new TemporaryFolder().With(file, content);
        AssertFails(folder, null, folder.File(file) + message);
    }

    [Fact]
    public void Load_UnreadableTemplates_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("chat_template.jinja");
        AssertFails(folder, folder.File("absent.jinja"), folder.File("absent.jinja") + ": the file cannot be read: ");
        File.WriteAllBytes(file, [(byte)'a', 0xff]);
        AssertFails(folder, null, $"{file}: the file is not valid UTF-8");
        File.WriteAllBytes(file, new byte[(4 << 20) + 1]);
        AssertFails(folder, null, $"{file}: the file has 4194305 bytes; 4194304 are accepted");
        File.WriteAllText(file, new string('a', (1 << 20) + 1));
        AssertFails(folder, null, $"{file} line 1: the template has 1048577 characters; 1048576 are accepted");
    }

    [Fact]
    public void Load_MiniMind_HasItsTemplate()
    {
        ChatTemplateSet set = ChatTemplateLoader.Load(SharedData.Path("tokenizers/minimind"))!;
        Assert.Contains("Hello", set.Default.Render(Conversation(), Rendered.Now));
    }

    private static System.Text.Json.Nodes.JsonObject Conversation() =>
        System.Text.Json.Nodes.JsonNode.Parse("""{"messages": [{"role": "user", "content": "Hello"}], "tools": null}""")!.AsObject();

    private static string Render(ChatTemplate template) => template.Render([], Rendered.Now);

    private static void AssertFails(TemporaryFolder folder, string? templateFile, string message)
    {
        var exception = Assert.Throws<ChatTemplateException>(() => ChatTemplateLoader.Load(folder.Path, templateFile));
        Assert.Equal(ChatTemplateFault.Malformed, exception.Fault);
        Assert.StartsWith(message, exception.Message);
    }
}
