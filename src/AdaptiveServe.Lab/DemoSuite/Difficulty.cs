namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>Whether an example is of the sizes that training shows.</summary>
internal enum Difficulty
{
    InRange,

    /// <summary>
    /// Longer lists, more digits, deeper chains than training ever shows. Tasks without a size make the same as in range.
    /// </summary>
    OutOfRange,
}
