using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Loading;

/// <summary>The element types of the safetensors format, by their names in the header.</summary>
internal static class SafetensorsDtype
{
    /// <summary>Bytes of an element, or null for a type this reader does not know: such a tensor may be there, but not be read.</summary>
    public static int? Size(string dtype) => dtype switch
    {
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" => 1,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "F32" or "I32" or "U32" => 4,
        "F64" or "I64" or "U64" => 8,
        _ => null,
    };

    /// <summary>The type of a weight, or null for types that weights cannot have.</summary>
    public static ScalarType? ToWeightType(string dtype) => dtype switch
    {
        "F32" => ScalarType.Float32,
        "F16" => ScalarType.Float16,
        "BF16" => ScalarType.BFloat16,
        _ => null,
    };
}
