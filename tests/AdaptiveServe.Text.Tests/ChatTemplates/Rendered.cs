using System.Text.Json.Nodes;
using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>Renders templates in a context that has a variable of each kind.</summary>
internal static class Rendered
{
    public static DateTimeOffset Now { get; } = new(2024, 7, 6, 13, 5, 9, TimeSpan.Zero);

    public static JsonObject Context => JsonNode.Parse("""
        {
          "x": 5, "y": 2.5, "t": true, "n": null, "e": "", "f": 1e16, "big": 123456789012345678901234567890,
          "s": "Hello World", "u": "héllo 🎉x", "q": "it's \"q\"", "nl": "a\nb\r\n\nd",
          "l": [3, 1, 2], "d": {"b": 1, "a": [1, 2], "items": 9},
          "msgs": [{"role": "user", "content": "A"}, {"role": "bot", "content": "b"}, {"role": "user", "content": null}]
        }
        """)!.AsObject();

    public static string Expression(string expression) => Template("{{ " + expression + " }}");

    public static string Template(string template, JsonObject? context = null) =>
        ChatTemplate.Parse(template, "test.jinja").Render(context ?? Context, Now);

    /// <summary>The exception that ends the rendering, or the loading, of a template.</summary>
    public static ChatTemplateException Failure(string template, JsonObject? context = null) =>
        Assert.Throws<ChatTemplateException>(() => { Template(template, context); });
}
