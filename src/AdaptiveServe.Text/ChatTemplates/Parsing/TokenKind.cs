namespace AdaptiveServe.Text.ChatTemplates.Parsing;

internal enum TokenKind
{
    /// <summary>Text outside of tags.</summary>
    Text,
    StatementBegin,
    StatementEnd,
    OutputBegin,
    OutputEnd,
    Name,
    String,
    Number,
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}
