using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>Which queries of a ragged batch look at which keys. The queries of a sequence are its last tokens.</summary>
/// <param name="FirstQueries">[sequences + 1], int32: the first query of each sequence, and the number of all.</param>
/// <param name="FirstKeys">[sequences + 1], int32: the row of each sequence's first key; the last number is not used.</param>
/// <param name="Lengths">[sequences], int32: how many keys each sequence has, from its first on.</param>
/// <param name="MaxQueries">No sequence has more queries.</param>
/// <param name="MaxKeys">No sequence has more keys.</param>
internal sealed record VarlenLayout(Tensor FirstQueries, Tensor FirstKeys, Tensor Lengths, int MaxQueries, int MaxKeys);
