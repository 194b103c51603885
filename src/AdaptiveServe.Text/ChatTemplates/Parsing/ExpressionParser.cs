using System.Collections.Frozen;
using AdaptiveServe.Text.ChatTemplates.Builtins;
using AdaptiveServe.Text.ChatTemplates.Expressions;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Values;

namespace AdaptiveServe.Text.ChatTemplates.Parsing;

/// <summary>Reads expressions by Jinja's grammar. Filters, tests and methods that are not known are errors here already.</summary>
internal class ExpressionParser(TokenStream tokens)
{
    private const int MaxArguments = 100;

    // Where the name of a filter or test is an argument: these are looked up here too.
    private static readonly FrozenDictionary<string, (int Position, bool IsTest)> NamingFilters = new Dictionary<string, (int, bool)>
    {
        ["map"] = (0, false),
        ["select"] = (0, true),
        ["reject"] = (0, true),
        ["selectattr"] = (1, true),
        ["rejectattr"] = (1, true),
    }.ToFrozenDictionary();

    private readonly HashSet<string> _attributes = []; // what the template itself gives names to
    private readonly List<(string Name, int Line)> _unknownMethods = [];
    private int _depth;

    protected TokenStream Tokens { get; } = tokens;

    /// <summary>The names of all variables that are read.</summary>
    public HashSet<string> Names { get; protected set; } = [];

    /// <summary>A name may be that of a method nobody knows, or of something that the template puts into a namespace and calls.</summary>
    protected void CheckMethods()
    {
        foreach ((string name, int line) in _unknownMethods)
            if (!_attributes.Contains(name)) throw Tokens.Error(line, $"unknown method '{name}'");
    }

    protected void AddAttribute(string name) => _attributes.Add(name);

    /// <summary>Goes one level deeper into the source.</summary>
    protected void Enter()
    {
        if (++_depth > Limits.Nesting)
            throw Tokens.Error($"more than {Limits.Nesting} statements and expressions within each other");
    }

    protected void Leave() => _depth--;

    protected Expression ParseExpression(bool withConditional = true)
    {
        Enter();
        Expression expression = withConditional ? ParseConditional() : ParseOr();
        Leave();
        return expression;
    }

    /// <summary>Expressions with commas between them are a tuple.</summary>
    /// <param name="withConditional">Whether a, b if c is read; in the head of a loop the if is a filter.</param>
    /// <param name="allowsEmpty">Whether nothing is a tuple too, within parentheses.</param>
    protected Expression ParseTuple(bool withConditional = true, bool allowsEmpty = false)
    {
        List<Expression> items = [];
        bool isTuple = false;
        while (!IsTupleEnd())
        {
            items.Add(ParseExpression(withConditional));
            if (!Tokens.SkipOperator(",")) break;
            isTuple = true;
        }

        if (items.Count == 0 && !allowsEmpty) throw Tokens.Expected("an expression");
        return isTuple || items.Count == 0 ? new SequenceLiteral([.. items], isTuple: true) : items[0];
    }

    /// <summary>Filters, each with a bar before it; for filter blocks the first without.</summary>
    protected FilterCall[] ParseFilters(bool beginsWithBar = true)
    {
        List<FilterCall> filters = [];
        if (!beginsWithBar) filters.Add(ParseFilter());
        while (Tokens.SkipOperator("|")) filters.Add(ParseFilter());
        return [.. filters];
    }

    private bool IsTupleEnd() =>
        Tokens.Current.Kind is TokenKind.StatementEnd or TokenKind.OutputEnd || Tokens.IsOperator(")");

    private Expression ParseConditional()
    {
        int outer = _depth;
        Expression expression = ParseOr();
        while (Tokens.SkipName("if"))
        {
            Enter();
            Expression condition = ParseOr();
            Expression? otherwise = Tokens.SkipName("else") ? ParseExpression() : null;
            expression = new ConditionalExpression(condition, expression, otherwise);
        }

        _depth = outer;
        return expression;
    }

    private Expression ParseOr() => ParseLogical("or", ParseAnd);

    private Expression ParseAnd() => ParseLogical("and", ParseNot);

    private Expression ParseLogical(string name, Func<Expression> operand)
    {
        Expression first = operand();
        if (!Tokens.IsName(name)) return first;
        List<Expression> operands = [first];
        while (Tokens.SkipName(name)) operands.Add(operand());
        return new LogicalExpression([.. operands], isOr: name == "or");
    }

    private Expression ParseNot()
    {
        if (!Tokens.SkipName("not")) return ParseComparison();
        Enter();
        Expression operand = ParseNot();
        Leave();
        return new UnaryExpression("not", operand);
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        List<(string, Expression)> rest = [];
        while (TakeComparison() is { } comparison) rest.Add((comparison, ParseSum()));
        return rest.Count == 0 ? first : new ComparisonExpression(first, [.. rest]);
    }

    private string? TakeComparison()
    {
        if (Tokens.Current is { Kind: TokenKind.Operator, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" }) return Tokens.Take().Text;
        if (Tokens.SkipName("in")) return "in";
        if (!Tokens.IsName("not") || !Tokens.Following.Is(TokenKind.Name, "in")) return null;
        Tokens.Take();
        Tokens.Take();
        return "not in";
    }

    private Expression ParseSum() => ParseArithmetic(ParseConcat, "+", "-");

    private Expression ParseConcat()
    {
        Expression first = ParseProduct();
        if (!Tokens.IsOperator("~")) return first;
        List<Expression> parts = [first];
        while (Tokens.SkipOperator("~")) parts.Add(ParseProduct());
        return new ConcatExpression([.. parts]);
    }

    private Expression ParseProduct() => ParseArithmetic(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseArithmetic(() => ParseUnary(withFilters: true), "**");

    private Expression ParseArithmetic(Func<Expression> operand, params ReadOnlySpan<string> operations)
    {
        Expression first = operand();
        List<(string, Expression)>? rest = null;
        while (Tokens.Current.Kind == TokenKind.Operator && operations.Contains(Tokens.Current.Text))
            (rest ??= []).Add((Tokens.Take().Text, operand()));
        if (rest is [("%", _), ..] && first is Constant { Value: string }) throw Tokens.Error("formatting with '%' is not supported");
        return rest is null ? first : new ArithmeticExpression(first, [.. rest]);
    }

    private Expression ParseUnary(bool withFilters)
    {
        Enter();
        Expression expression = Tokens.Current is { Kind: TokenKind.Operator, Text: "-" or "+" }
            ? new UnaryExpression(Tokens.Take().Text, ParseUnary(withFilters: false))
            : ParsePrimary();
        expression = ParsePostfix(expression);
        if (withFilters) expression = ParseFiltersAndTests(expression);
        Leave();
        return expression;
    }

    private Expression ParsePrimary()
    {
        Token token = Tokens.Take();
        switch (token)
        {
            case { Kind: TokenKind.Name, Text: "true" or "True" }: return new Constant(Box.Of(true));
            case { Kind: TokenKind.Name, Text: "false" or "False" }: return new Constant(Box.Of(false));
            case { Kind: TokenKind.Name, Text: "none" or "None" }: return new Constant(None.Value);
            case { Kind: TokenKind.Name }:
                Names.Add(token.Text);
                return new Variable(token.Text);
            case { Kind: TokenKind.String }: return new Constant(ParseStrings(token.Text));
            case { Kind: TokenKind.Number }: return new Constant(token.Value!);
            case { Kind: TokenKind.Operator, Text: "(" }:
                Expression tuple = ParseTuple(allowsEmpty: true);
                Tokens.ExpectOperator(")");
                return tuple;
            case { Kind: TokenKind.Operator, Text: "[" }: return ParseList();
            case { Kind: TokenKind.Operator, Text: "{" }: return ParseMapping();
            default: throw Tokens.Error(token.Line, $"expected an expression, found {token.Description}");
        }
    }

    /// <summary>Strings that follow one another are one.</summary>
    private string ParseStrings(string first)
    {
        if (Tokens.Current.Kind != TokenKind.String) return first;
        var text = new System.Text.StringBuilder(first);
        while (Tokens.Current.Kind == TokenKind.String) text.Append(Tokens.Take().Text);
        return text.ToString();
    }

    private SequenceLiteral ParseList()
    {
        List<Expression> items = [];
        while (!Tokens.IsOperator("]"))
        {
            items.Add(ParseExpression());
            if (!Tokens.SkipOperator(",")) break;
        }

        Tokens.ExpectOperator("]");
        return new SequenceLiteral([.. items], isTuple: false);
    }

    private MappingLiteral ParseMapping()
    {
        List<(Expression, Expression)> entries = [];
        while (!Tokens.IsOperator("}"))
        {
            Expression key = ParseExpression();
            if (key is Constant { Value: string name }) AddAttribute(name);
            Tokens.ExpectOperator(":");
            entries.Add((key, ParseExpression()));
            if (!Tokens.SkipOperator(",")) break;
        }

        Tokens.ExpectOperator("}");
        return new MappingLiteral([.. entries]);
    }

    /// <summary>Attributes, items and calls: each one level deeper when it is evaluated.</summary>
    private Expression ParsePostfix(Expression expression)
    {
        int outer = _depth;
        while (true)
        {
            if (Tokens.SkipOperator(".")) expression = ParseAttribute(expression);
            else if (Tokens.SkipOperator("[")) expression = ParseItem(expression);
            else if (Tokens.IsOperator("(")) expression = ParseCall(expression);
            else break;
            Enter();
        }

        _depth = outer;
        return expression;
    }

    private Expression ParseFiltersAndTests(Expression expression)
    {
        int outer = _depth;
        while (true)
        {
            if (Tokens.SkipOperator("|")) expression = new FilterExpression(expression, ParseFilter());
            else if (Tokens.SkipName("is")) expression = ParseTest(expression);
            else if (Tokens.IsOperator("(")) expression = ParseCall(expression);
            else break;
            Enter();
        }

        _depth = outer;
        return expression;
    }

    private Expression ParseAttribute(Expression owner)
    {
        Token token = Tokens.Take();
        if (token is { Kind: TokenKind.Number, Value: long }) return new ItemExpression(owner, new Constant(token.Value));
        return token.Kind == TokenKind.Name
            ? new AttributeExpression(owner, token.Text)
            : throw Tokens.Error(token.Line, $"expected a name or number after '.', found {token.Description}");
    }

    private Expression ParseItem(Expression owner)
    {
        Expression none = new Constant(None.Value);
        Expression start = Tokens.IsOperator(":") ? none : ParseExpression();
        if (Tokens.SkipOperator("]")) return new ItemExpression(owner, start);
        Tokens.ExpectOperator(":");
        Expression stop = Tokens.IsOperator(":") || Tokens.IsOperator("]") ? none : ParseExpression();
        Expression step = Tokens.SkipOperator(":") && !Tokens.IsOperator("]") ? ParseExpression() : none;
        Tokens.ExpectOperator("]");
        return new SliceExpression(owner, start, stop, step);
    }

    protected CallExpression ParseCall(Expression function)
    {
        if (function is AttributeExpression method) CheckMethod(method, Tokens.Current.Line);
        return new CallExpression(function, ParseArguments());
    }

    private void CheckMethod(AttributeExpression method, int line)
    {
        bool isKnown = TextMethods.All.ContainsKey(method.Name);
        if (method.Owner is Constant { Value: string } && !isKnown) throw Tokens.Error(line, $"unknown method '{method.Name}' of a text");
        isKnown |= ListMethods.All.ContainsKey(method.Name) || MappingMethods.All.ContainsKey(method.Name);
        isKnown |= Loop.Methods.ContainsKey(method.Name);
        if (!isKnown) _unknownMethods.Add((method.Name, line));
    }

    private ArgumentList ParseArguments()
    {
        Tokens.ExpectOperator("(");
        List<Expression> positional = [];
        List<(string Name, Expression Value)> keywords = [];
        while (!Tokens.IsOperator(")"))
        {
            if (Tokens.IsOperator("*") || Tokens.IsOperator("**")) throw Tokens.Error("arguments with '*' and '**' are not supported");
            if (Tokens.Current.Kind == TokenKind.Name && Tokens.Following.Is(TokenKind.Operator, "=")) keywords.Add(ParseKeyword(keywords));
            else if (keywords.Count > 0) throw Tokens.Error("an argument without a name follows one with a name");
            else positional.Add(ParseExpression());
            if (positional.Count + keywords.Count > MaxArguments) throw Tokens.Error($"a call has more than {MaxArguments} arguments");
            if (!Tokens.SkipOperator(",")) break;
        }

        Tokens.ExpectOperator(")");
        return positional.Count + keywords.Count == 0 ? ArgumentList.None : new ArgumentList([.. positional], [.. keywords]);
    }

    private (string Name, Expression Value) ParseKeyword(List<(string Name, Expression Value)> keywords)
    {
        string name = Tokens.Take().Text;
        if (keywords.Exists(keyword => keyword.Name == name)) throw Tokens.Error($"the argument '{name}' is given twice");
        Tokens.ExpectOperator("=");
        AddAttribute(name);
        return (name, ParseExpression());
    }

    private FilterCall ParseFilter()
    {
        int line = Tokens.Current.Line;
        string name = Tokens.ExpectName();
        if (!Filters.All.TryGetValue(name, out Builtin? filter)) throw Tokens.Error(line, $"unknown filter '{name}'");
        ArgumentList arguments = Tokens.IsOperator("(") ? ParseArguments() : ArgumentList.None;
        Check(filter, arguments, line);
        if (NamingFilters.TryGetValue(name, out var naming)) CheckNamed(naming, arguments, line);
        return new FilterCall(filter, arguments);
    }

    private Expression ParseTest(Expression operand)
    {
        int line = Tokens.Current.Line;
        bool isNegated = Tokens.SkipName("not");
        string name = Tokens.ExpectName();
        if (!Tests.All.TryGetValue(name, out Builtin? test)) throw Tokens.Error(line, $"unknown test '{name}'");
        ArgumentList arguments = ParseTestArguments();
        Check(test, arguments, line);
        Expression expression = new TestExpression(operand, test, arguments);
        return isNegated ? new UnaryExpression("not", expression) : expression;
    }

    /// <summary>In parentheses as in a call, or a single argument without them: <c>is divisibleby 3</c>.</summary>
    private ArgumentList ParseTestArguments()
    {
        Token token = Tokens.Current;
        if (token.Is(TokenKind.Operator, "(")) return ParseArguments();
        bool isArgument = token.Kind is TokenKind.String or TokenKind.Number
            || token is { Kind: TokenKind.Operator, Text: "[" or "{" }
            || (token.Kind == TokenKind.Name && token.Text is not ("else" or "or" or "and" or "if" or "is" or "not" or "in"));
        return isArgument ? new ArgumentList([ParsePostfix(ParsePrimary())], []) : ArgumentList.None;
    }

    private void Check(Builtin builtin, ArgumentList arguments, int line)
    {
        string[] keywords = [.. arguments.Keywords.Select(keyword => keyword.Name)];
        if (builtin.Complaint(arguments.Positional.Length, keywords) is { } complaint) throw Tokens.Error(line, complaint);
    }

    private void CheckNamed((int Position, bool IsTest) naming, ArgumentList arguments, int line)
    {
        if (arguments.Positional.Length <= naming.Position) return;
        if (arguments.Positional[naming.Position] is not Constant { Value: string name }) return;
        bool isKnown = naming.IsTest ? Tests.All.ContainsKey(name) : Filters.All.ContainsKey(name);
        if (!isKnown) throw Tokens.Error(line, $"unknown {(naming.IsTest ? "test" : "filter")} '{name}'");
    }
}
