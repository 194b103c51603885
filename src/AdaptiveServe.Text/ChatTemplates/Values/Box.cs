namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>Truth values as objects, made once.</summary>
internal static class Box
{
    private static readonly object True = true;
    private static readonly object False = false;

    public static object Of(bool value) => value ? True : False;
}
