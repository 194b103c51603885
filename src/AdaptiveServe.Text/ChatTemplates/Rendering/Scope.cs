namespace AdaptiveServe.Text.ChatTemplates.Rendering;

/// <summary>The variables of a block, within those of the block around it.</summary>
/// <remarks>Names come from the lexer, which makes equal names the same object: they are compared by reference.</remarks>
internal sealed class Scope(Scope? parent)
{
    private Dictionary<string, object>? _variables;

    public void Set(string name, object value) => (_variables ??= new(ReferenceEqualityComparer.Instance))[name] = value;

    public object? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
            if (scope._variables is { } variables && variables.TryGetValue(name, out object? value)) return value;
        return null;
    }

    private Scope? Parent { get; } = parent;
}
