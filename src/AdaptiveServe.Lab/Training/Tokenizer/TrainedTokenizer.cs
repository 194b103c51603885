using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>What <see cref="BpeTrainer"/> learned.</summary>
internal sealed record TrainedTokenizer
{
    /// <summary>What <c>tokenizer_config.json</c> says if nothing else is asked for, in tokens.</summary>
    public const int DefaultMaxLength = 2048;

    /// <summary>They have the ids from 0 on.</summary>
    public required IReadOnlyList<string> SpecialTokens { get; init; }

    /// <summary>What cuts texts into words.</summary>
    public required string Pattern { get; init; }

    /// <summary>All tokens by id, in the letters of the byte alphabet, the special ones as they are.</summary>
    public required IReadOnlyList<string> Pieces { get; init; }

    /// <summary>The first learned is the first to be applied.</summary>
    public required IReadOnlyList<SymbolPair> Merges { get; init; }

    public int VocabularySize => Pieces.Count;

    /// <summary>
    /// Writes <c>tokenizer.json</c> and <c>tokenizer_config.json</c> into a folder that exists, over files of these names.
    /// </summary>
    /// <param name="directory">The model's folder.</param>
    /// <param name="modelMaxLength">How many tokens the model can take.</param>
    /// <exception cref="CommandLine.LabException">A file cannot be written.</exception>
    public void Save(string directory, int modelMaxLength = DefaultMaxLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(modelMaxLength);
        LabJson.WriteFile(Path.Combine(directory, "tokenizer.json"), TokenizerDocument.Create(this));
        LabJson.WriteFile(Path.Combine(directory, "tokenizer_config.json"), TokenizerConfigDocument.Create(this, modelMaxLength));
    }
}
