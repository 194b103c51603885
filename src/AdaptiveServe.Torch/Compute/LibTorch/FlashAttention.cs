using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>The variable-length flash attention of ATen (Dao 2023) as a <see cref="VarlenKernel"/>, for bfloat16 and float16 on CUDA.</summary>
/// <remarks>
/// TorchSharp has no call for it, TorchScript does. With <c>seqused_k</c> the kernel takes from <c>cum_seq_k</c> only where a sequence's keys
/// begin, so that these may be anywhere in the cache and in any order; a query head finds its key-value head by itself.
/// </remarks>
internal sealed class FlashAttention : IDisposable
{
    private const string Source = """
        def attend(q, k, v, first_q, first_k, lengths, max_q: int, max_k: int, window: int):
            left: Optional[int] = None
            right: Optional[int] = None
            if window > 0:
                left = window - 1
                right = 0
            attended = torch._flash_attention_forward(
                q, k, v, first_q, first_k, max_q, max_k, 0.0, True, False, scale=None,
                window_size_left=left, window_size_right=right, seqused_k=lengths, alibi_slopes=None)
            return attended[0]

        """;

    private readonly jit.CompilationUnit _script = jit.compile(Source);

    /// <summary>Whether the kernel can do it: see <c>mha_varlen_fwd</c> in PyTorch's flash_api.cpp.</summary>
    public static bool Takes(ScalarType dtype, long headDim) =>
        dtype is ScalarType.BFloat16 or ScalarType.Float16 && headDim % 8 == 0 && headDim <= 256;

    /// <summary>A <see cref="VarlenKernel"/>.</summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The operation is not there for this device, or not with these arguments.</exception>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values, VarlenLayout layout, int? window) =>
        (Tensor)_script.invoke("attend", queries, keys, values, layout.FirstQueries, layout.FirstKeys, layout.Lengths,
            layout.MaxQueries, layout.MaxKeys, window ?? 0);

    public void Dispose() => _script.Dispose();
}
