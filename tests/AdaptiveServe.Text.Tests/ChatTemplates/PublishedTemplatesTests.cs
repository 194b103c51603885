using System.Globalization;
using System.Text.Json.Nodes;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>Templates as published with models, against texts on which independent engines agree.</summary>
public class PublishedTemplatesTests
{
    [Fact]
    public void Render_AgreedCases_GivesTheirTexts()
    {
        JsonObject file = Expected();
        DateTimeOffset now = DateTimeOffset.Parse(file["strftime_now"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        JsonNode[] cases = [.. file["cases"]!.AsArray().Select(node => node!)];
        Assert.Equal(398, cases.Length);
        Assert.All(cases, expected =>
        {
            ChatTemplate template = Load(expected["template"]!.GetValue<string>());
            JsonObject context = file["contexts"]![expected["context"]!.GetValue<string>()]!.AsObject();
            if (expected["error_expected"] is null) Assert.Equal(expected["expected"]!.GetValue<string>(), template.Render(context, now));
            else AssertRefused(expected["jinja2_error"]!.GetValue<string>(), () => template.Render(context, now));
        });
    }

    [Fact]
    public void Parse_EachTemplate_IsAccepted() => Assert.All(Files(), file => Load(file));

    internal static JsonObject Expected() => JsonNode.Parse(File.ReadAllText(SharedData.Path("templates/expected.json")))!.AsObject();

    internal static string[] Files()
    {
        string root = SharedData.Path("templates");
        IEnumerable<string> paths = Directory.GetFiles(root, "*.jinja", SearchOption.AllDirectories);
        return [.. paths.Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal)];
    }

    internal static string Source(string template) => File.ReadAllText(SharedData.Path($"templates/{template}"));

    private static ChatTemplate Load(string template) => ChatTemplate.Parse(Source(template), template);

    private static void AssertRefused(string error, Func<string> render)
    {
        (string kind, string message) = (error[..error.IndexOf(':')], error[(error.IndexOf(':') + 2)..]);
        var exception = Assert.Throws<ChatTemplateException>(() => { render(); });
        Assert.Equal(kind == "TemplateError" ? ChatTemplateFault.Refused : ChatTemplateFault.Failed, exception.Fault);
        Assert.EndsWith(message, exception.Message);
    }
}
