using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Lab.Tests.ChatTemplates;

public sealed class TemplateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Template_Cases_WritesTextsAndErrors()
    {
        LabRun run = await InvokeAsync(
            Case("<{{ messages[0].content }}>", """{"messages": [{"content": "é & \"b\""}]}"""),
            Case("{{ raise_exception('no system message') }}", "{}"),
            Case("{{ strftime_now('%d %b %Y %H:%M') }}{{ x }}", """{"strftime_now": "2024-07-26 01:02", "x": 1}"""),
            Case("{% if %}", "{}"));
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        string[] lines = await ReadAsync();
        Assert.Equal(["""{"text":"<é & \"b\">"}""", """{"error":"no system message"}""", """{"text":"26 Jul 2024 01:021"}"""], lines[..3]);
        Assert.StartsWith("""{"error":""", lines[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "'template' is missing")]
    [InlineData("""{"template": "/no/such.jinja", "context": {}}""", "there is no template /no/such.jinja")]
    [InlineData("""{"template": "", "context": {}}""", "there is no template")]
    [InlineData("""{"template": "x", "context": {"a": ["\ud800"]}}""", "is not valid JSON")]
    [InlineData("""{"template": "x"}""", "'context' is missing")]
    [InlineData("""{"template": "x", "context": []}""", "'context' is missing or no object")]
    [InlineData("""{"template": "x", "context": {"strftime_now": "soon"}}""", "'strftime_now' is not a date")]
    [InlineData("""{"template": "x", "context": {"strftime_now": null}}""", "'strftime_now' is not a date")]
    public async Task Template_MalformedLine_WritesNothing(string line, string reason)
    {
        LabRun run = await InvokeAsync(line);
        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("cases.jsonl:1: " + reason, run.ErrorLine, StringComparison.Ordinal);
        Assert.Equal(["cases.jsonl"], _folder.Names());
    }

    [Fact]
    public async Task Template_PublishedTemplates_GiveTheAgreedTexts()
    {
        string root = SharedData.Path("templates");
        string text = await File.ReadAllTextAsync(Path.Combine(root, "expected.json"), TestContext.Current.CancellationToken);
        JsonNode file = JsonNode.Parse(text)!;
        JsonNode[] cases = [.. file["cases"]!.AsArray().Where(each => each!["expected"] is not null)!];
        LabRun run = await InvokeAsync([.. cases.Select(Line)]);
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        string[] lines = await ReadAsync();
        Assert.Equal(cases.Select(each => (string?)each["expected"]), lines.Select(line => (string?)JsonNode.Parse(line)!["text"]));

        string Line(JsonNode each)
        {
            JsonNode context = file["contexts"]![(string)each["context"]!]!.DeepClone();
            context["strftime_now"] = (string)file["strftime_now"]!;
            return new JsonObject { ["template"] = Path.Combine(root, (string)each["template"]!), ["context"] = context }.ToJsonString();
        }
    }

    private string Case(string template, string context)
    {
        string path = _folder.Write(Path.GetRandomFileName(), template);
        return new JsonObject { ["template"] = path, ["context"] = JsonNode.Parse(context) }.ToJsonString();
    }

    private async Task<string[]> ReadAsync() =>
        await File.ReadAllLinesAsync(_folder.File("results.jsonl"), TestContext.Current.CancellationToken);

    private Task<LabRun> InvokeAsync(params string[] lines) => LabRun.InvokeAsync(
        "template", "--batch", _folder.Write("cases.jsonl", string.Join('\n', lines)), "--out", _folder.File("results.jsonl"));
}
