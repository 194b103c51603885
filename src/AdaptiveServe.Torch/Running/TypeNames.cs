using TorchSharp;

namespace AdaptiveServe.Torch.Running;

/// <summary>Types by their names in the settings.</summary>
internal static class TypeNames
{
    /// <summary>Null for <c>auto</c>.</summary>
    public static torch.ScalarType? Parse(string name) => name switch
    {
        "float32" => torch.float32,
        "bfloat16" => torch.bfloat16,
        "float16" => torch.float16,
        "int8" => torch.int8,
        _ => null,
    };
}
