using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Lab.ChatTemplates;

/// <summary>Conversations to prompts, with the chat templates of models.</summary>
internal static class TemplateCommand
{
    private const string Clock = "strftime_now";
    private const int MaxBytes = 16 << 20;

    public static Verb Create()
    {
        Option<string> batch = new("--batch")
        {
            Description = """A {"template": path, "context": {...}} on each line; a date 'strftime_now' in a context fixes the clock.""",
            HelpName = "JSONL",
            Required = true,
        };
        Option<string> output = new("--out")
        {
            Description = """Where to write {"text": ...}, or {"error": ...} where the template fails, one for each.""",
            HelpName = "JSONL",
            Required = true,
        };
        Verb verb = new("template", "Renders chat templates.", "template --batch cases.jsonl --out results.jsonl") { batch, output };
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            parsed.GetRequiredValue(batch), parsed.GetRequiredValue(output), parsed.InvocationConfiguration.Output, cancellation)));
        return verb;
    }

    private static int Run(string from, string to, TextWriter output, CancellationToken cancellation)
    {
        int lines = JsonLines.Convert(from, to, Render, cancellation);
        output.WriteLine($"{lines} lines written to {to}");
        return ExitCode.Success;
    }

    private static RenderedTemplate Render(JsonLine line)
    {
        string path = line.RequiredText("template");
        JsonObject context = line.RequiredObject("context");
        DateTimeOffset now = TakeClock(line, context);
        string source = Read(line, path);
        try
        {
            return new RenderedTemplate { Text = ChatTemplate.Parse(source, path).Render(context, now) };
        }
        catch (ChatTemplateException exception)
        {
            return new RenderedTemplate { Error = exception.Message };
        }
    }

    /// <summary>Dates without an offset are in UTC, so that a line means the same on every machine.</summary>
    private static DateTimeOffset TakeClock(JsonLine line, JsonObject context)
    {
        if (!context.Remove(Clock, out JsonNode? node)) return TimeProvider.System.GetLocalNow();
        bool isDate = DateTimeOffset.TryParse(
            node?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset now);
        return isDate ? now : throw line.Fault($"'{Clock}' is not a date such as 2024-07-26 00:00");
    }

    private static string Read(JsonLine line, string path)
    {
        if (!File.Exists(path)) throw line.Fault($"there is no template {path}");
        if (new FileInfo(path).Length > MaxBytes) throw line.Fault($"the template {path} is larger than {MaxBytes >> 20} MiB");
        return File.ReadAllText(path);
    }
}
