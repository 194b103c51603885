using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute;

/// <summary>
/// The compute seam: the coarse operations that a decoder's forward is written in. Above it lies everything a capability needs (rows,
/// block tables, positions), behind it how a device computes.
/// </summary>
/// <remarks>
/// Used by the engine thread only. Between <see cref="Begin"/> and <see cref="End"/> every buffer has one row for each token of the batch,
/// or, after <see cref="Gather"/>, one for each gathered row. Outputs are overwritten unless an operation says that it adds.
/// </remarks>
internal interface IComputeBackend : IDisposable
{
    /// <summary>The type that keys and values are held in.</summary>
    torch.ScalarType CacheType { get; }

    /// <summary>The type that norm weights and biases are held in beside matrices of type <paramref name="weights"/>.</summary>
    torch.ScalarType VectorType(torch.ScalarType weights);

    /// <summary>Takes a weight into use, once. The backend may copy its matrix and free the tensor: nobody else reads it from then on.</summary>
    void Prepare(LinearWeight weight);

    /// <summary>Tells which cache forwards are going to use, before the first of them.</summary>
    void Prepare(KvCache cache)
    {
    }

    /// <summary>Makes a buffer of rows with that many columns.</summary>
    RowBuffer CreateBuffer(int columns);

    /// <summary>Starts a forward over the tokens of <paramref name="batch"/>.</summary>
    void Begin(RaggedBatch batch);

    /// <summary>
    /// Goes on with other rows in the same forward: some sequences of its batch, or all of them again. What buffers hold stays, and is for
    /// whoever filled it to know.
    /// </summary>
    void Select(RaggedBatch batch);

    /// <summary>
    /// Runs all layers of a model: <paramref name="layers"/>, which reads the batch's tokens, or what the backend has recorded of it for a batch
    /// of the same shape. Of the buffers only <paramref name="hidden"/> is filled afterwards.
    /// </summary>
    /// <param name="layers">The same operations each time, for a batch of the same shape.</param>
    /// <param name="hidden">What the last layer leaves.</param>
    void Repeat(Action layers, RowBuffer hidden) => layers();

    /// <summary>Ends the forward; buffers lose their content.</summary>
    void End();

    /// <summary>output = the rows of <paramref name="table"/> that the batch's tokens name.</summary>
    void Embed(LinearWeight table, RowBuffer output);

    /// <summary>output = input / rms(input) * weight, over each row (Zhang and Sennrich 2019).</summary>
    void RmsNorm(RowBuffer input, torch.Tensor weight, float epsilon, RowBuffer output);

    /// <summary>output = input * weight^T + bias.</summary>
    void Linear(RowBuffer input, LinearWeight weight, RowBuffer output);

    /// <summary>accumulated += input * weight^T + bias.</summary>
    void AddLinear(RowBuffer input, LinearWeight weight, RowBuffer accumulated);

    /// <summary>
    /// Normalises the heads of queries and keys where the model says so, rotates both by their positions, and writes keys and values into
    /// the batch's slots of the cache; then makes the batch's copies between slots. The queries stay in <paramref name="qkv"/>.
    /// </summary>
    void RotateAndStore(RowBuffer qkv, AttentionWeights weights, RotaryTable rotary, LayerCache cache);

    /// <summary>output = causal attention of the queries in <paramref name="qkv"/> over each sequence's cached tokens.</summary>
    void Attend(RowBuffer qkv, AttentionWeights weights, LayerCache cache, RowBuffer output);

    /// <summary>output = silu(first half) * second half, of each row (Shazeer 2020).</summary>
    void GatedActivation(RowBuffer gateUp, RowBuffer output);

    /// <summary>The named rows of <paramref name="output"/> = the rows of <paramref name="input"/>.</summary>
    void Scatter(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output);

    /// <summary>output = the named rows of <paramref name="input"/>.</summary>
    void Gather(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output);

    /// <summary>Copies rows to the host as float32: [rows, columns].</summary>
    void CopyToHost(RowBuffer input, Span<float> destination);

    /// <summary>
    /// Projects the gathered rows to logits and reduces them: one copy to the host. Full rows come along where
    /// <paramref name="wantsRow"/> is true.
    /// </summary>
    void Logits(RowBuffer input, LinearWeight head, ReadOnlySpan<bool> wantsRow, LogitsResult result);
}
