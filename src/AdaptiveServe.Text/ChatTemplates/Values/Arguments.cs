using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>The values that a call passes.</summary>
internal sealed record Arguments(object[] Positional, KeyValuePair<string, object>[] Keywords)
{
    public static Arguments None { get; } = new([], []);

    public Arguments Add(string keyword, object value) => this with { Keywords = [.. Keywords, new(keyword, value)] };

    /// <summary>Without the first arguments.</summary>
    public Arguments Skip(int count) => this with { Positional = Positional[count..] };

    /// <summary>The keyword arguments as a dictionary.</summary>
    public Mapping ToMapping(Renderer renderer)
    {
        renderer.Budget.AllocateItems(Keywords.Length);
        var mapping = new Mapping();
        foreach ((string name, object value) in Keywords) mapping.Set(name, value);
        return mapping;
    }
}
