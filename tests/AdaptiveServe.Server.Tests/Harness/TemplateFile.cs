namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>A chat template in a file. Gone when disposed.</summary>
internal sealed class TemplateFile : IDisposable
{
    /// <summary>
    /// Writes the last message, so that a model which repeats its prompt says it; with <c>dump</c> among the arguments, what the template
    /// was given, as JSON; and refuses to talk about one thing.
    /// </summary>
    public const string Scripted = """
        {%- if dump is defined -%}
        {{ {"messages": messages, "tools": tools, "documents": documents, "add_generation_prompt": add_generation_prompt, "dump": dump, "bos": bos_token} | tojson }}
        {%- elif messages[-1].content == "forbidden" -%}
        {{ raise_exception("not a word of this") }}
        {%- else -%}
        {#- calls are written between <tool_call> and its end -#}
        {{ messages[-1].content }}
        {%- endif -%}
        """;

    public TemplateFile(string source) => File.WriteAllText(Path, source);

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public void Dispose() => File.Delete(Path);
}
