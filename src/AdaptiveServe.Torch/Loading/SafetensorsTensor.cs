using System.Collections.Immutable;

namespace AdaptiveServe.Torch.Loading;

/// <summary>A tensor in a safetensors file.</summary>
/// <param name="Name">Its name in the header.</param>
/// <param name="Dtype">Its element type as the header spells it, such as <c>BF16</c>.</param>
/// <param name="Shape">Its dimensions, outermost first; empty for a scalar.</param>
/// <param name="Offset">Its first byte, counted from the end of the header.</param>
/// <param name="ByteCount">Its length in bytes.</param>
public sealed record SafetensorsTensor(string Name, string Dtype, ImmutableArray<long> Shape, long Offset, long ByteCount)
{
    /// <summary>The shape as messages show it, such as <c>[32000, 4096]</c>.</summary>
    internal static string Show(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
