using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>What a <see cref="VarlenKernel"/> computes, in plain operations, one sequence after the other: kernels are compared with it.</summary>
internal static class VarlenDefinition
{
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, VarlenLayout layout, int? window)
    {
        using var scope = NewDisposeScope();
        int[] firstQueries = Host(layout.FirstQueries), firstKeys = Host(layout.FirstKeys), lengths = Host(layout.Lengths);
        var outputs = new Tensor[lengths.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            Tensor query = queries.narrow(0, firstQueries[i], firstQueries[i + 1] - firstQueries[i]);
            Tensor key = keys.narrow(0, firstKeys[i], lengths[i]), value = values.narrow(0, firstKeys[i], lengths[i]);
            outputs[i] = Attend(Heads(query, 1), Heads(key, query.size(1) / key.size(1)), Heads(value, query.size(1) / key.size(1)), window);
        }

        return cat(outputs, 0).to_type(queries.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>[heads, tokens, head dim] each, and so the same heads of queries, keys and values; gives [queries, heads, head dim].</summary>
    private static Tensor Attend(Tensor query, Tensor key, Tensor value, int? window)
    {
        long queries = query.size(1), length = key.size(1);
        using Scalar scale = 1 / Math.Sqrt(query.size(2)), never = float.NegativeInfinity;
        Tensor seen = ones([queries, length], ScalarType.Float32, query.device).tril(length - queries); // the last query sees all keys
        if (window is { } back) seen = seen.triu(length - queries - back + 1);
        Tensor scores = query.matmul(key.transpose(1, 2)).mul(scale).masked_fill(seen.to_type(ScalarType.Bool).logical_not(), never);
        return scores.softmax(-1).matmul(value).transpose(0, 1);
    }

    private static Tensor Heads(Tensor tokens, long repeats) =>
        tokens.to_type(ScalarType.Float32).repeat_interleave(repeats, 1).transpose(0, 1).contiguous();

    private static int[] Host(Tensor values) => values.cpu().data<int>().ToArray();
}
