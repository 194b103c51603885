using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>The comparisons <c>== != &lt; &lt;= &gt; &gt;=</c>, <c>in</c> and <c>not in</c>.</summary>
internal static class Comparison
{
    public static bool Holds(Renderer renderer, string comparison, object a, object b) => comparison switch
    {
        "==" => Equality.AreEqual(renderer, a, b),
        "!=" => !Equality.AreEqual(renderer, a, b),
        "<" => Ordering.Compare(renderer, a, b) < 0,
        "<=" => Ordering.Compare(renderer, a, b) <= 0,
        ">" => Ordering.Compare(renderer, a, b) > 0,
        ">=" => Ordering.Compare(renderer, a, b) >= 0,
        "in" => Containment.Contains(renderer, b, a),
        _ => !Containment.Contains(renderer, b, a),
    };
}
