namespace AdaptiveServe.Text.Tokenizers;

/// <summary>A token that is found in the text before the model sees it.</summary>
/// <param name="Id">Its id; it may repeat one of the model's own.</param>
/// <param name="Content">The text that stands for it.</param>
/// <param name="IsSpecial">Left out when a text is decoded for people.</param>
/// <param name="StripLeft">Takes the white space before it along.</param>
/// <param name="StripRight">Takes the white space after it along.</param>
/// <param name="SingleWord">Counts only where no letter, digit or underscore touches it.</param>
/// <param name="IsNormalized">Searched for in the normalized text instead of the given one.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool IsSpecial,
    bool StripLeft = false,
    bool StripRight = false,
    bool SingleWord = false,
    bool IsNormalized = false);
