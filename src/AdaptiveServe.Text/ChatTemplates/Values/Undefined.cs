using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>What a missing variable, attribute or item yields: empty as text and in loops, an error in all other use.</summary>
internal sealed class Undefined
{
    private readonly object? _owner;
    private readonly object _name;

    /// <param name="message">What is wrong with it, should it be used.</param>
    public Undefined(string message) => _name = message;

    /// <summary>An attribute or item that a value does not have.</summary>
    public Undefined(object owner, object name) => (_owner, _name) = (owner, name);

    public static Undefined Variable(string name) => new($"'{name}' is undefined");

    public RenderingException Error() => RenderingException.Failed(Message);

    private string Message => (_owner, _name) switch
    {
        (null, var message) => (string)message,
        (None, string name) => $"'None' has no attribute '{name}'",
        ({ } owner, string name) => $"'{TypeName.Of(owner)} object' has no attribute '{name}'",
        ({ } owner, long index) => $"'{TypeName.Of(owner)} object' has no element {index}",
        ({ } owner, _) => $"'{TypeName.Of(owner)} object' has no such element",
    };
}
