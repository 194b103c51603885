namespace AdaptiveServe.Torch.Loading;

/// <summary>How the rotary frequencies are stretched to a context longer than the one of pre-training.</summary>
public enum RopeKind
{
    /// <summary>Not at all (Hugging Face: <c>default</c>).</summary>
    None,

    /// <summary>All frequencies divided by one factor.</summary>
    Linear,

    /// <summary>Llama 3.1: low frequencies divided, high ones kept, those between interpolated.</summary>
    Llama3,

    /// <summary>YaRN (arXiv 2309.00071): a ramp over dimensions, and attention made sharper.</summary>
    Yarn,
}
