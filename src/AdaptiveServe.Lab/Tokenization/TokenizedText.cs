namespace AdaptiveServe.Lab.Tokenization;

/// <param name="Ids">The tokens of a text.</param>
/// <param name="Text">What they decode to, special tokens left out.</param>
internal sealed record TokenizedText(int[] Ids, string Text);
