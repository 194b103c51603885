namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>The numbers in <c>tokenizer.ggml.token_type</c>.</summary>
internal enum TokenType
{
    Normal = 1,
    Unknown = 2,

    /// <summary>Stands for no text, such as the token that begins a sequence.</summary>
    Control = 3,

    /// <summary>Text that is found before anything is merged.</summary>
    UserDefined = 4,

    /// <summary>A row of the model without a token.</summary>
    Unused = 5,

    Byte = 6,
}
