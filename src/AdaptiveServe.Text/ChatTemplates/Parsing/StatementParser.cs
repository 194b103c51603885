using AdaptiveServe.Text.ChatTemplates.Expressions;
using AdaptiveServe.Text.ChatTemplates.Rendering;
using AdaptiveServe.Text.ChatTemplates.Statements;

namespace AdaptiveServe.Text.ChatTemplates.Parsing;

/// <summary>Reads the statements of a template. One that is not known is an error.</summary>
internal sealed class StatementParser(TokenStream tokens) : ExpressionParser(tokens)
{
    private const int MaxParameters = 100;

    private bool _isInLoop; // break and continue belong to a loop in the same body

    /// <summary>All of it.</summary>
    public Statement[] ParseTemplate()
    {
        Statement[] body = ParseBody();
        if (Tokens.Current.Kind != TokenKind.End) throw Tokens.Error($"unexpected statement '{Tokens.Following.Text}'");
        CheckMethods();
        return body;
    }

    /// <summary>Statements up to one of those that end the body, which stays the current one.</summary>
    private Statement[] ParseBody(params ReadOnlySpan<string> ends)
    {
        Enter();
        List<Statement> body = [];
        while (Tokens.Current.Kind != TokenKind.End && !IsEnd(ends)) body.Add(ParseStatement());
        if (ends.Length > 0 && Tokens.Current.Kind == TokenKind.End) throw Tokens.Expected($"'{ends[^1]}'");
        Leave();
        return [.. body];
    }

    private bool IsEnd(ReadOnlySpan<string> ends) =>
        Tokens.Current.Kind == TokenKind.StatementBegin && ends.Contains(Tokens.Following.Text);

    private Statement ParseStatement()
    {
        Token token = Tokens.Take();
        switch (token.Kind)
        {
            case TokenKind.Text: return new TextStatement(token.Line, token.Text);
            case TokenKind.OutputBegin:
                Expression value = ParseTuple();
                Tokens.Expect(TokenKind.OutputEnd);
                return new OutputStatement(token.Line, value);
            default: return ParseTag(Tokens.Current.Line);
        }
    }

    private Statement ParseTag(int line)
    {
        string name = Tokens.ExpectName();
        return name switch
        {
            "if" => ParseIf(line),
            "for" => ParseFor(line),
            "set" => ParseSet(line),
            "macro" => ParseMacro(line),
            "call" => ParseCallBlock(line),
            "filter" => ParseFilterBlock(line),
            "with" => ParseWith(line),
            "generation" => ParseGeneration(line),
            "break" => ParseJump(line, Completion.Break),
            "continue" => ParseJump(line, Completion.Continue),
            _ => throw Tokens.Error(line, $"unknown statement '{name}'"),
        };
    }

    private IfStatement ParseIf(int line)
    {
        List<(Expression?, Statement[])> branches = [];
        string end = "elif";
        while (end == "elif")
        {
            Expression condition = ParseTuple(withConditional: false);
            branches.Add((condition, ParseBlock(out end, "elif", "else", "endif")));
        }

        if (end == "else") branches.Add((null, ParseBlock(out _, "endif")));
        EndTag();
        return new IfStatement(line, [.. branches]);
    }

    private ForStatement ParseFor(int line)
    {
        Target target = ParseTarget(allowsNamespace: false);
        Tokens.ExpectName("in");
        Expression source = ParseTuple(withConditional: false);
        Expression? filter = Tokens.SkipName("if") ? ParseExpression() : null;

        bool outer = _isInLoop;
        _isInLoop = true;
        Statement[] body = ParseBlock(out string end, "else", "endfor");
        _isInLoop = outer;
        Statement[] otherwise = end == "else" ? ParseBlock(out _, "endfor") : [];
        EndTag();
        return new ForStatement(line)
        {
            Target = target,
            Source = source,
            Filter = filter,
            Body = body,
            Otherwise = otherwise,
        };
    }

    private Statement ParseSet(int line)
    {
        Target target = ParseTarget(allowsNamespace: true);
        if (Tokens.SkipOperator("="))
        {
            var statement = new SetStatement(line, target, ParseTuple());
            EndTag();
            return statement;
        }

        FilterCall[] filters = ParseFilters();
        return new CaptureStatement(line, target, filters, ParseClosedBody("endset"));
    }

    private CaptureStatement ParseFilterBlock(int line)
    {
        FilterCall[] filters = ParseFilters(beginsWithBar: false);
        return new CaptureStatement(line, target: null, filters, ParseClosedBody("endfilter"));
    }

    private ScopeStatement ParseWith(int line)
    {
        List<(Target, Expression)> variables = [];
        while (Tokens.Current.Kind != TokenKind.StatementEnd)
        {
            if (variables.Count > 0) Tokens.ExpectOperator(",");
            Target target = ParseSingleTarget(allowsNamespace: false);
            Tokens.ExpectOperator("=");
            variables.Add((target, ParseExpression()));
        }

        Statement[] body = ParseBlock(out _, "endwith");
        EndTag();
        return new ScopeStatement(line, [.. variables], body);
    }

    private ScopeStatement ParseGeneration(int line) => new(line, [], ParseClosedBody("endgeneration"));

    private MacroStatement ParseMacro(int line)
    {
        string name = Tokens.ExpectName();
        return new MacroStatement(line, ParseDefinition(name, "endmacro", () => ParseParameters()));
    }

    private CallStatement ParseCallBlock(int line)
    {
        (string, Expression?)[] parameters = Tokens.IsOperator("(") ? ParseParameters() : [];
        if (ParseExpression() is not CallExpression call) throw Tokens.Error(line, "'call' needs the call of a macro");
        return new CallStatement(line, call, ParseDefinition("caller", "endcall", () => parameters));
    }

    /// <summary>Reads a macro with the names that its body mentions.</summary>
    private MacroDefinition ParseDefinition(string name, string end, Func<(string, Expression?)[]> parseParameters)
    {
        HashSet<string> outer = Names;
        Names = [];
        (string, Expression?)[] parameters = parseParameters();
        Statement[] body = ParseClosedBody(end);
        if (Names.Contains("varargs") || Names.Contains("kwargs")) throw Tokens.Error("'varargs' and 'kwargs' are not supported");
        var definition = new MacroDefinition(name, parameters, body, UsesCaller: Names.Contains("caller"));
        outer.UnionWith(Names);
        Names = outer;
        return definition;
    }

    private (string, Expression?)[] ParseParameters()
    {
        Tokens.ExpectOperator("(");
        List<(string Name, Expression? Default)> parameters = [];
        while (!Tokens.IsOperator(")"))
        {
            if (parameters.Count > 0) Tokens.ExpectOperator(",");
            if (parameters.Count == MaxParameters) throw Tokens.Error($"a macro has more than {MaxParameters} parameters");
            string name = Tokens.ExpectName();
            if (parameters.Exists(parameter => parameter.Name == name)) throw Tokens.Error($"two parameters have the name '{name}'");
            Expression? standard = Tokens.SkipOperator("=") ? ParseExpression() : null;
            if (standard is null && parameters is [.., { Default: not null }])
                throw Tokens.Error($"the parameter '{name}' needs a default, as those before it");
            parameters.Add((name, standard));
        }

        Tokens.ExpectOperator(")");
        return [.. parameters];
    }

    private JumpStatement ParseJump(int line, Completion completion)
    {
        if (!_isInLoop) throw Tokens.Error(line, $"'{completion.ToString().ToLowerInvariant()}' outside of a loop");
        EndTag();
        return new JumpStatement(line, completion);
    }

    private Target ParseTarget(bool allowsNamespace)
    {
        List<Target> targets = [ParseSingleTarget(allowsNamespace)];
        bool isTuple = false;
        while (Tokens.SkipOperator(","))
        {
            isTuple = true;
            if (Tokens.Current.Kind != TokenKind.Name && !Tokens.IsOperator("(")) break;
            if (Tokens.IsName("in")) break;
            targets.Add(ParseSingleTarget(allowsNamespace));
        }

        return isTuple ? new TupleTarget([.. targets]) : targets[0];
    }

    private Target ParseSingleTarget(bool allowsNamespace)
    {
        if (Tokens.SkipOperator("("))
        {
            Enter();
            Target target = ParseTarget(allowsNamespace);
            Leave();
            Tokens.ExpectOperator(")");
            return target;
        }

        string name = Tokens.ExpectName();
        if (name is "true" or "false" or "none" or "True" or "False" or "None") throw Tokens.Error($"'{name}' cannot be assigned to");
        if (!allowsNamespace || !Tokens.SkipOperator(".")) return new VariableTarget(name);
        string attribute = Tokens.ExpectName();
        AddAttribute(attribute);
        return new NamespaceTarget(name, attribute);
    }

    /// <summary>The rest of a tag, the body after it, and the name of the statement that ends it.</summary>
    private Statement[] ParseBlock(out string end, params ReadOnlySpan<string> ends)
    {
        Tokens.SkipOperator(":"); // as in Python
        EndTag();
        Statement[] body = ParseBody(ends);
        Tokens.Take();
        end = Tokens.ExpectName();
        return body;
    }

    /// <summary>The same up to the end of the last tag, for a body that no break or continue leaves.</summary>
    private Statement[] ParseClosedBody(string end)
    {
        bool outer = _isInLoop;
        _isInLoop = false;
        Statement[] body = ParseBlock(out _, end);
        _isInLoop = outer;
        EndTag();
        return body;
    }

    private void EndTag() => Tokens.Expect(TokenKind.StatementEnd);
}
