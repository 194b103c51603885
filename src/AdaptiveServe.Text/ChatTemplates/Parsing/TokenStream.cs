namespace AdaptiveServe.Text.ChatTemplates.Parsing;

/// <summary>The tokens of a template, one after another.</summary>
internal sealed class TokenStream(List<Token> tokens, string name)
{
    private int _position;

    public Token Current => tokens[_position];

    /// <summary>The one after the current.</summary>
    public Token Following => tokens[Math.Min(_position + 1, tokens.Count - 1)];

    public bool IsOperator(string text) => Current.Is(TokenKind.Operator, text);

    public bool IsName(string text) => Current.Is(TokenKind.Name, text);

    /// <summary>Returns the current token and moves on, but never beyond the end.</summary>
    public Token Take()
    {
        Token token = Current;
        if (token.Kind != TokenKind.End) _position++;
        return token;
    }

    public bool SkipOperator(string text) => Skip(TokenKind.Operator, text);

    public bool SkipName(string text) => Skip(TokenKind.Name, text);

    public void ExpectOperator(string text)
    {
        if (!SkipOperator(text)) throw Expected($"'{text}'");
    }

    public void ExpectName(string text)
    {
        if (!SkipName(text)) throw Expected($"'{text}'");
    }

    public string ExpectName() => Current.Kind == TokenKind.Name ? Take().Text : throw Expected("a name");

    public void Expect(TokenKind kind)
    {
        if (Current.Kind != kind) throw Expected(new Token(kind, "", 0).Description);
        Take();
    }

    public ChatTemplateException Expected(string what) => Error($"expected {what}, found {Current.Description}");

    public ChatTemplateException Error(string message) => Error(Current.Line, message);

    public ChatTemplateException Error(int line, string message) => Lexer.Malformed(name, line, message);

    private bool Skip(TokenKind kind, string text)
    {
        if (!Current.Is(kind, text)) return false;
        Take();
        return true;
    }
}
