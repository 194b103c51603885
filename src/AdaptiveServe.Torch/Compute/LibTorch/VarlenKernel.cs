using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>Causal attention of a ragged batch in one call, scaled by the root of the head dimension.</summary>
/// <param name="queries">[queries, heads, head dim].</param>
/// <param name="keys">[keys, key-value heads, head dim]; rows that no sequence names are not looked at.</param>
/// <param name="values">The same shape.</param>
/// <param name="layout">Who looks at what.</param>
/// <param name="window">How many tokens back, itself included, a token sees; null for all.</param>
/// <returns>[queries, heads, head dim].</returns>
internal delegate Tensor VarlenKernel(Tensor queries, Tensor keys, Tensor values, VarlenLayout layout, int? window);
