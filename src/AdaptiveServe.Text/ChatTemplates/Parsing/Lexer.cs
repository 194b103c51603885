using System.Globalization;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Parsing;

/// <summary>
/// Cuts the source into tokens, with Jinja's rules for white space: a line break after a statement or comment goes (trim_blocks), and so
/// does white space before one at the beginning of its line (lstrip_blocks), unless a + at the tag keeps it; a - takes all white space on
/// its side; one line break at the end of the template goes.
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] Operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ","];

    private readonly string _name;
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private readonly Stack<char> _brackets = [];

    // Equal names become the same object; those that the rendering sets are its own.
    private readonly Dictionary<string, string> _names = new() { ["loop"] = "loop", ["caller"] = "caller" };

    private int _position;
    private int _line = 1;
    private bool _isLineStart = true; // whether the last tag took the line break after it

    private Lexer(string source, string name) => (_source, _name) = (source, name);

    /// <exception cref="ChatTemplateException">The template is too long, or is not made of tokens.</exception>
    public static List<Token> Read(string source, string name)
    {
        if (source.Length > Limits.SourceLength)
            throw Malformed(name, 1, $"the template has {source.Length} characters; {Limits.SourceLength} are accepted");
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(source.EndsWith('\n') ? source[..^1] : source, name);
        while (lexer._position < lexer._source.Length) lexer.ReadTextAndTag();
        lexer.Add(TokenKind.End, "");
        return lexer._tokens;
    }

    public static ChatTemplateException Malformed(string name, int line, string message) =>
        new(ChatTemplateFault.Malformed, $"{name} line {line}: {message}");

    private void ReadTextAndTag()
    {
        int tag = _position - 1;
        do tag = _source.IndexOf('{', tag + 1);
        while (tag >= 0 && !(tag + 1 < _source.Length && _source[tag + 1] is '{' or '%' or '#'));
        if (tag < 0)
        {
            AddText(_source[_position..]);
            MoveTo(_source.Length);
            return;
        }

        ReadTextUntil(tag);
        switch (_source[tag + 1])
        {
            case '#': SkipComment(); break;
            case '{': ReadTag(TokenKind.OutputBegin, TokenKind.OutputEnd, "}}"); break;
            case '%' when !TryReadRaw(): ReadTag(TokenKind.StatementBegin, TokenKind.StatementEnd, "%}"); break;
        }
    }

    /// <summary>Takes the text before a tag, and the beginning of the tag with its sign.</summary>
    private void ReadTextUntil(int tag)
    {
        char sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : ' ';
        string text = _source[_position..tag];
        if (sign == '-') text = TrimEnd(text);
        else if (sign == ' ' && _source[tag + 1] != '{') text = WithoutIndentation(text);
        AddText(text);
        MoveTo(tag + (sign == ' ' ? 2 : 3));
    }

    private string WithoutIndentation(string text)
    {
        int start = text.LastIndexOf('\n') + 1;
        if (start == 0 && !_isLineStart) return text;
        return TrimEnd(text[start..]).Length > 0 ? text : text[..start];
    }

    private void SkipComment()
    {
        int end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
        if (end < 0) throw Malformed("a comment is not closed");
        char sign = end > _position ? _source[end - 1] : ' ';
        MoveTo(end + 2);
        EndTag(sign, trimsLineBreak: true);
    }

    /// <summary>Reads <c>{% raw %} text {% endraw %}</c>, if that is what begins.</summary>
    private bool TryReadRaw()
    {
        if (!TryMatch(_position, "raw", out int end, out char sign) || sign == '+') return false;
        MoveTo(end);
        EndTag(sign, trimsLineBreak: false);
        for (int tag = _position; (tag = _source.IndexOf("{%", tag, StringComparison.Ordinal)) >= 0; tag += 2)
        {
            int inside = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? tag + 3 : tag + 2;
            if (!TryMatch(inside, "endraw", out end, out sign)) continue;
            ReadTextUntil(tag);
            MoveTo(end);
            EndTag(sign, trimsLineBreak: true);
            return true;
        }

        throw Malformed("'raw' is not closed");
    }

    /// <summary>Whether a statement of that one word stands there.</summary>
    private bool TryMatch(int position, string word, out int end, out char sign)
    {
        (end, sign) = (SkipSpace(position), ' ');
        if (!_source.AsSpan(end).StartsWith(word)) return false;
        end = SkipSpace(end + word.Length);
        if (end < _source.Length && _source[end] is '-' or '+') sign = _source[end++];
        if (!_source.AsSpan(end).StartsWith("%}")) return false;
        end += 2;
        return true;
    }

    private void ReadTag(TokenKind begin, TokenKind end, string closing)
    {
        Add(begin, "");
        while (true)
        {
            MoveTo(SkipSpace(_position));
            if (_position == _source.Length) throw Malformed("a tag is not closed");
            if (_brackets.Count == 0 && TryClose(end, closing)) return;
            ReadToken();
        }
    }

    private bool TryClose(TokenKind end, string closing)
    {
        char sign = _source[_position] is '-' or '+' ? _source[_position] : ' ';
        if (sign == '+' && end == TokenKind.OutputEnd) return false;
        int close = sign == ' ' ? _position : _position + 1;
        if (!_source.AsSpan(close).StartsWith(closing)) return false;
        Add(end, "");
        MoveTo(close + 2);
        EndTag(sign, trimsLineBreak: end == TokenKind.StatementEnd);
        return true;
    }

    /// <summary>Skips what the end of a tag takes from the text after it.</summary>
    private void EndTag(char sign, bool trimsLineBreak)
    {
        int tagEnd = _position;
        if (sign == '-') MoveTo(SkipSpace(_position));
        else if (sign != '+' && trimsLineBreak && _position < _source.Length && _source[_position] == '\n') MoveTo(_position + 1);
        _isLineStart = _position > tagEnd && _source[_position - 1] == '\n';
    }

    private void ReadToken()
    {
        char first = _source[_position];
        if (char.IsLetter(first) || first == '_') ReadName();
        else if (char.IsAsciiDigit(first)) ReadNumber();
        else if (first is '\'' or '"') ReadString(first);
        else ReadOperator();
    }

    private void ReadName()
    {
        int end = _position;
        while (end < _source.Length && (char.IsLetterOrDigit(_source[end]) || _source[end] == '_')) end++;
        string name = _source[_position..end];
        if (!_names.TryAdd(name, name)) name = _names[name];
        Add(TokenKind.Name, name);
        MoveTo(end);
    }

    private void ReadNumber()
    {
        bool isItem = _position > 0 && _source[_position - 1] == '.'; // a.0.1 has no fractions
        int end = SkipDigits(_position);
        bool isFraction = false;
        if (!isItem && end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]))
            (end, isFraction) = (SkipDigits(end + 1), true);
        if (!isItem && end < _source.Length && _source[end] is 'e' or 'E')
        {
            int exponent = end + 1 < _source.Length && _source[end + 1] is '+' or '-' ? end + 2 : end + 1;
            if (exponent < _source.Length && char.IsAsciiDigit(_source[exponent])) (end, isFraction) = (SkipDigits(exponent), true);
        }

        string text = _source[_position..end].Replace("_", "", StringComparison.Ordinal);
        Add(TokenKind.Number, text, isFraction ? double.Parse(text, CultureInfo.InvariantCulture) : (object)Integer(text));
        MoveTo(end);
    }

    private long Integer(string text)
    {
        if (text.Length > 1 && text.TrimStart('0') is { Length: > 0 } digits && digits.Length < text.Length)
            throw Malformed($"the number '{text}' begins with 0");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Malformed($"the number '{text}' has more than 64 bits");
    }

    private void ReadString(char quote)
    {
        int end = _position + 1;
        while (end < _source.Length && _source[end] != quote) end += _source[end] == '\\' ? 2 : 1;
        if (end >= _source.Length) throw Malformed("a string is not closed");
        string? value = StringLiteral.Decode(_source.AsSpan(_position + 1, end - _position - 1));
        Add(TokenKind.String, value ?? throw Malformed("a string has an escape sequence that is not valid or not supported"));
        MoveTo(end + 1);
    }

    private void ReadOperator()
    {
        string? found = Array.Find(Operators, candidate => _source.AsSpan(_position).StartsWith(candidate));
        if (found is null) throw Malformed($"unexpected character '{_source.AsSpan(_position, CodePoints.LengthAt(_source, _position))}'");
        if (found is "(" or "[" or "{") _brackets.Push(found == "(" ? ')' : found == "[" ? ']' : '}');
        if (found is ")" or "]" or "}" && !(_brackets.TryPop(out char expected) && expected == found[0]))
            throw Malformed($"unexpected '{found}'");
        Add(TokenKind.Operator, found);
        MoveTo(_position + found.Length);
    }

    private int SkipDigits(int position)
    {
        while (position < _source.Length && (char.IsAsciiDigit(_source[position])
            || (_source[position] == '_' && position + 1 < _source.Length && char.IsAsciiDigit(_source[position + 1])))) position++;
        return position;
    }

    private int SkipSpace(int position)
    {
        while (position < _source.Length && CodePoints.IsSpace(_source[position])) position++;
        return position;
    }

    private static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && CodePoints.IsSpace(text[end - 1])) end--;
        return text[..end];
    }

    private void AddText(string text)
    {
        if (text.Length > 0) Add(TokenKind.Text, text);
    }

    private void Add(TokenKind kind, string text, object? value = null) => _tokens.Add(new Token(kind, text, _line, value));

    private void MoveTo(int position)
    {
        _line += _source.AsSpan(_position..position).Count('\n');
        _position = position;
    }

    private ChatTemplateException Malformed(string message) => Malformed(_name, _line, message);
}
