namespace AdaptiveServe.Text.Tokenizers.Bpe;

/// <summary>Two neighbouring pieces that become one. Its rank is its place in the list of merges: the lowest is applied first.</summary>
internal readonly record struct Merge(int Left, int Right, int Result);
