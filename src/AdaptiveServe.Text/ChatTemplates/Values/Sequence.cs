using System.Collections.Frozen;
using AdaptiveServe.Text.ChatTemplates.Builtins;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>A list, a tuple, or what Python gives for <c>range</c>, <c>keys()</c>, <c>values()</c> and <c>items()</c>.</summary>
internal sealed class Sequence
{
    private readonly string _opening;
    private readonly string _closing;

    private Sequence(List<object> items, string typeName, string opening, string closing) =>
        (Items, TypeName, _opening, _closing) = (items, typeName, opening, closing);

    public static Sequence List(List<object> items) => new(items, "list", "[", "]");

    public static Sequence Tuple(params List<object> items) => new(items, "tuple", "(", items.Count == 1 ? ",)" : ")");

    /// <param name="items">Must not change any more.</param>
    /// <param name="typeName">dict_keys, dict_values, dict_items.</param>
    public static Sequence View(List<object> items, string typeName) => new(items, typeName, $"{typeName}([", "])");

    public static Sequence Range(List<object> items, string display) => new(items, "range", display, "");

    public List<object> Items { get; }

    public string TypeName { get; }

    public bool IsList => TypeName == "list";

    public bool IsTuple => TypeName == "tuple";

    public bool IsRange => TypeName == "range";

    /// <summary>Whether its items have numbers; those of a view do not.</summary>
    public bool IsIndexed => IsList || IsTuple || IsRange;

    /// <summary>What stands before and after the items where the sequence is shown.</summary>
    public (string Opening, string Closing) Brackets => (_opening, _closing);

    public FrozenDictionary<string, Builtin> Methods => IsList ? ListMethods.All : TupleMethods;

    /// <summary>A sequence of the same kind, for slices and sums; a list where the kind has none.</summary>
    public Sequence With(List<object> items) => IsTuple ? Tuple(items) : List(items);

    private static FrozenDictionary<string, Builtin> TupleMethods => ListMethods.ReadOnly;
}
