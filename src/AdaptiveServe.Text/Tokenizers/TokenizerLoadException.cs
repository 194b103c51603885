namespace AdaptiveServe.Text.Tokenizers;

/// <summary>A tokenizer cannot be used. <see cref="Exception.Message"/> is one line: the file, then the reason.</summary>
public sealed class TokenizerLoadException : Exception
{
    public TokenizerLoadException(string file, string reason, Exception? inner = null)
        : base(OneLine.Of($"{file}: {reason}"), inner) => File = file;

    /// <summary>The file or folder at fault.</summary>
    public string File { get; }
}
