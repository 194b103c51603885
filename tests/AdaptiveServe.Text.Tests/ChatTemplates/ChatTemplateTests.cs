using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Text.Tests.ChatTemplates;

public class ChatTemplateTests
{
    private const string ChatMl = """
        {%- if tools %}
            {{- '<|im_start|>system\n' }}
            {%- for tool in tools %}
                {{- tool | tojson }}
            {%- endfor %}
            {{- '<|im_end|>\n' }}
        {%- endif %}
        {%- for message in messages %}
            {%- if message.role not in ['user', 'assistant', 'system'] %}
                {{- raise_exception('unknown role ' ~ message.role) }}
            {%- endif %}
            {{- '<|im_start|>' + message.role + '\n' + message.content | trim + '<|im_end|>\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|im_start|>assistant\n' }}
        {%- endif %}
        """;

    [Fact]
    public void Render_Conversation_GivesThePrompt()
    {
        var context = (JsonObject)JsonNode.Parse("""
            {
              "messages": [{"role": "system", "content": " Be kind. "}, {"role": "user", "content": "Grüß dich! <b>"}],
              "tools": [{"name": "f", "parameters": {"z": 1.0, "a": null}}],
              "add_generation_prompt": true
            }
            """)!;
        const string Expected = "<|im_start|>system\n{\"name\": \"f\", \"parameters\": {\"z\": 1.0, \"a\": null}}<|im_end|>\n"
            + "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nGrüß dich! <b><|im_end|>\n<|im_start|>assistant\n";
        Assert.Equal(Expected, ChatTemplate.Parse(ChatMl, "t").Render(context, Rendered.Now));
    }

    [Fact]
    public void Render_SeveralThreads_GivesEachItsOwnText()
    {
        const string Source = "{% set n = namespace(i=0) %}{% for c in a %}{% set n.i = n.i + c %}{% endfor %}{{ n.i }}";
        ChatTemplate template = ChatTemplate.Parse(Source, "t");
        Parallel.For(0, 200, i =>
        {
            var context = new JsonObject { ["a"] = new JsonArray([.. Enumerable.Range(0, i).Select(n => JsonValue.Create(n))]) };
            Assert.Equal($"{i * (i - 1) / 2}", template.Render(context, Rendered.Now));
        });
    }

    [Fact]
    public void Render_ChangedValues_LeavesTheContextAsItWas()
    {
        var context = new JsonObject { ["a"] = new JsonArray(1, 2) };
        Assert.Equal("[1, 2, 3]", Rendered.Template("{% set _ = a.append(3) %}{{ a }}", context));
        Assert.Equal("[1,2]", context["a"]!.ToJsonString());
    }

    [Fact]
    public void Render_VariableNamedAsAFunction_IsTheVariable() =>
        Assert.Equal("7", Rendered.Template("{{ range }}", new JsonObject { ["range"] = 7 }));

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0", "0")]
    [InlineData("1.0", "1.0")]
    [InlineData("1e3", "1000.0")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("1e999", "inf")]
    [InlineData("\"\\ud83c\\udf89\"", "🎉")]
    [InlineData("[true, null, {\"a\": []}]", "[True, None, {'a': []}]")]
    public void Render_JsonValue_IsThatOfPython(string json, string expected) =>
        Assert.Equal(expected, Rendered.Template("{{ a }}", new JsonObject { ["a"] = JsonNode.Parse(json) }));

    [Fact]
    public void Render_ValuesMadeInCode_AreRead()
    {
        var values = new JsonArray(5, 2.5, "s", 'c', false, null, JsonValue.Create(new Guid()));
        const string Expected = "[5, 2.5, 's', 'c', False, None, '00000000-0000-0000-0000-000000000000']";
        Assert.Equal(Expected, Rendered.Template("{{ a }}", new JsonObject { ["a"] = values }));
    }

    [Theory]
    [InlineData("""{"a": "\ud83c"}""")]
    [InlineData("""{"a": {"b": 1, "b": 2}}""")]
    public void Render_InvalidJson_Fails(string json)
    {
        var context = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = true })!.AsObject();
        ChatTemplateException exception = Rendered.Failure("{{ a }}", context);
        Assert.Equal(ChatTemplateFault.Failed, exception.Fault);
        Assert.StartsWith("test.jinja: the JSON is not valid: ", exception.Message);
    }

    [Theory]
    [InlineData("%Y-%m-%d %H:%M:%S", "2024-07-06 13:05:09")]
    [InlineData("%d %b %Y, %B %a %A", "06 Jul 2024, July Sat Saturday")]
    [InlineData("%y %j %I %p %e %u %w", "24 188 01 PM  6 6 6")]
    [InlineData("%-d %-m %-I %-M %-H %-B", "6 7 1 5 13 July")]
    [InlineData("%F %T %R %D %x %X %f", "2024-07-06 13:05:09 13:05 07/06/24 07/06/24 13:05:09 000000")]
    [InlineData("%c|%Z|%z|%n%t%%", "Sat Jul  6 13:05:09 2024|||\n\t%")]
    public void Render_StrftimeNow_IsThatOfC(string format, string expected) =>
        Assert.Equal(expected, Rendered.Template("{{ strftime_now(a) }}", new JsonObject { ["a"] = format }));

    [Fact]
    public void Mentions_Variable_FindsItWhereverItIsRead()
    {
        ChatTemplate template = ChatTemplate.Parse("{% macro f(a=tools) %}{{ b.c[d](e=g) | join(h) }}{% endmacro %}{% set i = 1 %}", "t");
        Assert.All(["tools", "b", "d", "g", "h"], name => Assert.True(template.Mentions(name)));
        Assert.All(["a", "c", "e", "f", "i", "join", "documents"], name => Assert.False(template.Mentions(name)));
    }
}
