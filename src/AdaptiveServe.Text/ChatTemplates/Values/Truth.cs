namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Python's truth values: what is zero or empty is false.</summary>
internal static class Truth
{
    public static bool Of(object value) => value switch
    {
        bool boolean => boolean,
        string text => text.Length > 0,
        Sequence sequence => sequence.Items.Count > 0,
        Mapping mapping => mapping.Count > 0,
        long number => number != 0,
        double number => number != 0,
        None or Undefined => false,
        _ => true,
    };
}
