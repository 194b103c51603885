namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Python's <c>None</c>, JSON's null.</summary>
/// <remarks>
/// Values are objects, never null: <see cref="None"/>, <see cref="Undefined"/>, bool, long, double, string, <see cref="Sequence"/>,
/// <see cref="Mapping"/>, <see cref="Generator"/>, <see cref="Namespace"/>, <see cref="Loop"/>, <see cref="ICallable"/>; and BigInteger
/// for whole numbers of the context beyond 64 bits, which are only passed on.
/// </remarks>
internal sealed class None
{
    public static None Value { get; } = new();
}
