namespace AdaptiveServe.Text.ChatTemplates.Rendering;

/// <summary>What one template may use. The largest published templates with hundreds of messages stay far below.</summary>
internal static class Limits
{
    /// <summary>Characters of a template's source; the largest published ones have about 20,000.</summary>
    public const int SourceLength = 1 << 20;

    /// <summary>Levels of statements and expressions within each other, in the source.</summary>
    public const int Nesting = 100;

    /// <summary>Levels at run time: of expressions, statements, macro calls and values within values, taken together.</summary>
    public const int Depth = 1000;

    /// <summary>Expressions evaluated, loop iterations, and work on long values in units of about the same time.</summary>
    public const long Steps = 10_000_000;

    /// <summary>Characters of the output, and of any one string.</summary>
    public const int TextLength = 8 << 20;

    /// <summary>
    /// Characters of all strings made on the way, with lists and dictionaries counted as characters of the same size: at worst, where a
    /// template keeps them all, 256 MiB. Templates that append to a growing string use it up soonest.
    /// </summary>
    public const long Allocation = 128 << 20;

    /// <summary>Numbers in a <c>range</c>, as in Jinja's sandbox.</summary>
    public const int RangeLength = 100_000;
}
