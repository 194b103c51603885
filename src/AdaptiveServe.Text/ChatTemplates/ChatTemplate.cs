using System.Text.Json.Nodes;
using AdaptiveServe.Text.ChatTemplates.Parsing;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Statements;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates;

/// <summary>
/// Turns a conversation into the prompt a model was trained on: a template in the part of Jinja that published models use, rendered as
/// the transformers library does (trim_blocks, lstrip_blocks, loop controls, no escaping). Immutable; safe for use by several threads.
/// </summary>
/// <remarks>
/// Templates come with models and are not trusted. They see nothing but the given context, and <see cref="Limits"/> bounds what they use.
/// </remarks>
public sealed class ChatTemplate
{
    private readonly Statement[] _body;
    private readonly IReadOnlySet<string> _names;

    private ChatTemplate(string name, string source, Statement[] body, IReadOnlySet<string> names) => (Name, Source, _body, _names) = (name, source, body, names);

    /// <summary>What messages call the template: its file.</summary>
    public string Name { get; }

    /// <summary>Its text.</summary>
    public string Source { get; }

    /// <param name="source">The text of the template.</param>
    /// <param name="name">The file it is from, for messages.</param>
    /// <exception cref="ChatTemplateException">The template is not well formed, or uses something that is not supported.</exception>
    public static ChatTemplate Parse(string source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        var parser = new StatementParser(new TokenStream(Lexer.Read(source, name), name));
        return new ChatTemplate(name, source, parser.ParseTemplate(), parser.Names);
    }

    /// <summary>
    /// Whether the template reads a variable of that name: one that does not mention <c>tools</c> ignores them. A local variable of the
    /// same name counts too.
    /// </summary>
    public bool Mentions(string variable) => _names.Contains(variable);

    /// <param name="context">
    /// The variables: <c>messages</c>, <c>tools</c>, <c>documents</c>, <c>add_generation_prompt</c>, <c>bos_token</c> and whatever else
    /// the template may ask for. Absent ones are undefined; the transformers library passes null for tools and documents not given.
    /// </param>
    /// <param name="now">The clock of <c>strftime_now</c>.</param>
    /// <exception cref="ChatTemplateException">
    /// The template refuses the conversation, fails, or goes beyond a limit; see <see cref="ChatTemplateException.Fault"/>.
    /// </exception>
    public string Render(JsonObject context, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(context);
        var renderer = new Renderer(now);
        try
        {
            renderer.Variables = JsonReader.Variables(context, renderer.Budget);
            renderer.Execute(_body);
            return renderer.Output.ToString();
        }
        catch (RenderingException exception) when (exception.Fault == ChatTemplateFault.Refused)
        {
            throw new ChatTemplateException(exception.Fault, exception.Message, exception);
        }
        catch (RenderingException exception)
        {
            string place = renderer.Line == 0 ? Name : $"{Name} line {renderer.Line}";
            throw new ChatTemplateException(exception.Fault, $"{place}: {exception.Message}", exception);
        }
    }
}
