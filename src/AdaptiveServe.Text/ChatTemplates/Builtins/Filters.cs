using System.Collections.Frozen;

namespace AdaptiveServe.Text.ChatTemplates.Builtins;

/// <summary>All filters by name.</summary>
internal static class Filters
{
    public static FrozenDictionary<string, Builtin> All { get; } =
        Builtin.Table([.. TextFilters.All, .. ValueFilters.All, .. SequenceFilters.All, .. SelectionFilters.All]);
}
