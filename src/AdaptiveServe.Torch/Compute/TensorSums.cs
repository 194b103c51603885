using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute;

/// <summary>Sums of tensors, to be used in the place of +.</summary>
/// <remarks>
/// libtorch's sum has a factor. TorchSharp's + makes a Scalar of 1 for it each time and does not hold it during the native call, so
/// that under memory pressure its finaliser may free it while libtorch still reads it: a wrong factor, or an exception. This one lives on.
/// </remarks>
internal static class TensorSums
{
    private static readonly Scalar One = 1;

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a + b for a number that the caller holds.</summary>
    public static Tensor Plus(this Tensor a, Scalar b) => a.add(b, One);

    /// <summary>a += b; gives a.</summary>
    public static Tensor PlusInPlace(this Tensor a, Tensor b) => a.add_(b, One);

    /// <summary>a += b for a number that the caller holds; gives a.</summary>
    public static Tensor PlusInPlace(this Tensor a, Scalar b) => a.add_(b, One);
}
