using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>What filters such as <c>map</c> and <c>select</c> give: items that come into being when they are asked for, once.</summary>
internal sealed class Generator(Renderer renderer, IEnumerable<object> items)
{
    private readonly IEnumerator<object> _items = items.GetEnumerator();

    /// <summary>Those that have not been taken yet.</summary>
    public IEnumerable<object> Rest()
    {
        while (MoveNext()) yield return _items.Current;
    }

    // Generators may be made of generators.
    private bool MoveNext()
    {
        renderer.Budget.Enter();
        bool hasNext = _items.MoveNext();
        renderer.Budget.Leave();
        return hasNext;
    }
}
