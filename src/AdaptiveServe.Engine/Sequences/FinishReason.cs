namespace AdaptiveServe.Engine.Sequences;

/// <summary>Why a sequence ended.</summary>
public enum FinishReason
{
    /// <summary>The model gave an end token, or one of the request's stop tokens.</summary>
    Stop,

    /// <summary>The token limit of the request or the context limit was reached.</summary>
    Length,

    /// <summary>Its reader left or asked to end it.</summary>
    Cancelled,

    /// <summary>A step failed; <see cref="Sequence.Error"/> says how.</summary>
    Error,
}
