using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Python's <c>==</c>.</summary>
internal static class Equality
{
    public static bool AreEqual(Renderer renderer, object a, object b)
    {
        renderer.Budget.Step();
        if (a is string text && b is string other && text.Length == other.Length) renderer.Budget.Read(text);
        if (a is not (Sequence or Mapping)) return Scalars.AreEqual(a, b);

        renderer.Budget.Enter();
        bool areEqual = (a, b) switch
        {
            (Sequence x, Sequence y) => AreEqual(renderer, x, y),
            (Mapping x, Mapping y) => AreEqual(renderer, x, y),
            _ => false,
        };
        renderer.Budget.Leave();
        return areEqual;
    }

    private static bool AreEqual(Renderer renderer, Sequence a, Sequence b)
    {
        if (a.TypeName != b.TypeName || a.Items.Count != b.Items.Count) return false;
        for (int i = 0; i < a.Items.Count; i++)
            if (!AreEqual(renderer, a.Items[i], b.Items[i])) return false;
        return true;
    }

    private static bool AreEqual(Renderer renderer, Mapping a, Mapping b)
    {
        if (a.Count != b.Count) return false;
        for (int i = 0; i < a.Count; i++)
        {
            (object key, object value) = a.At(i);
            renderer.Budget.Read(key);
            if (b.Find(key) is not { } other || !AreEqual(renderer, value, other)) return false;
        }

        return true;
    }
}
