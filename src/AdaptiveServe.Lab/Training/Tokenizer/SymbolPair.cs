namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>The ids of two neighbouring pieces.</summary>
internal readonly record struct SymbolPair(int Left, int Right);
