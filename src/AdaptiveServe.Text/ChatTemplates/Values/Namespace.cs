namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Variables that inner blocks can set: <c>namespace(...)</c>.</summary>
internal sealed class Namespace(Mapping attributes)
{
    public Mapping Attributes { get; } = attributes;
}
