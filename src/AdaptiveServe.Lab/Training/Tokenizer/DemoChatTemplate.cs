namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>
/// The chat template of models trained here: <c>&lt;|role|&gt;content&lt;|end|&gt;</c> for each message, with nothing between the turns,
/// because a token there would cost a place in each turn of short sequences and say nothing.
/// </summary>
internal static class DemoChatTemplate
{
    /// <summary>
    /// Jinja. The content is a string or a list of text parts, which are joined; white space around it is dropped. Other roles, other
    /// parts and messages without content are refused.
    /// </summary>
    public const string Source = """
        {%- for message in messages -%}
        {%- if message.role not in ['system', 'user', 'assistant', 'tool'] -%}
        {{- raise_exception("unknown role '" ~ message.role ~ "': expected system, user, assistant or tool") -}}
        {%- endif -%}
        {%- set turn = namespace(text='') -%}
        {%- if message.content is string -%}
        {%- set turn.text = message.content -%}
        {%- elif message.content is defined and message.content is iterable and message.content is not mapping -%}
        {%- for part in message.content -%}
        {%- if part.type != 'text' -%}
        {{- raise_exception("only parts of the type 'text' are understood, not '" ~ part.type ~ "'") -}}
        {%- endif -%}
        {%- set turn.text = turn.text ~ part.text -%}
        {%- endfor -%}
        {%- else -%}
        {{- raise_exception("a message of the role '" ~ message.role ~ "' has no content") -}}
        {%- endif -%}
        {{- '<|' ~ message.role ~ '|>' ~ (turn.text | trim) ~ '<|end|>' -}}
        {%- endfor -%}
        {%- if add_generation_prompt -%}
        {{- '<|assistant|>' -}}
        {%- endif -%}
        """;
}
