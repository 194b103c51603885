namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Equality of values that hold no others.</summary>
internal static class Scalars
{
    public static bool AreEqual(object a, object b)
    {
        if (a is string text) return b is string other && text == other;
        if (Numbers.ToInteger(a) is { } integer && Numbers.ToInteger(b) is { } otherInteger) return integer == otherInteger;
        if (Numbers.ToDouble(a) is { } number && Numbers.ToDouble(b) is { } otherNumber) return number == otherNumber;
        if (a is Undefined) return b is Undefined;
        return a.Equals(b);
    }
}
