using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>The seam on libtorch's operations: the reference on the CPU, and the path to CUDA.</summary>
/// <remarks>Activations have the type of the weights, as Hugging Face runs these models; norms and logits are computed in float32.</remarks>
internal sealed class LibTorchBackend : IComputeBackend
{
    private readonly Device _device;
    private readonly ScalarType _dtype;
    private readonly List<TensorRows> _buffers = [];
    private readonly List<RaggedAttention> _attention = [];
    private IDisposable? _inference;
    private DisposeScope? _scope;
    private RaggedBatch? _batch;
    private Tensor? _tokens, _positions, _slots, _cosines, _sines;

    public LibTorchBackend(Device device, ScalarType dtype, ScalarType cacheType)
    {
        _device = device;
        _dtype = dtype;
        CacheType = cacheType;
    }

    public ScalarType CacheType { get; }

    public ScalarType VectorType(ScalarType weights) => weights;

    public void Prepare(LinearWeight weight)
    {
    }

    public RowBuffer CreateBuffer(int columns)
    {
        var buffer = new TensorRows(columns);
        _buffers.Add(buffer);
        return buffer;
    }

    public void Begin(RaggedBatch batch)
    {
        _inference = inference_mode();
        _scope = NewDisposeScope();
        Take(batch);
    }

    public void Select(RaggedBatch batch)
    {
        Drop();
        Take(batch);
    }

    public void End()
    {
        foreach (TensorRows buffer in _buffers) buffer.Clear();
        Drop();
        _scope?.Dispose();
        _scope = null;
        _inference?.Dispose();
        _inference = null;
    }

    public void Embed(LinearWeight table, RowBuffer output) => Rows(output).Value = table.Weight.index_select(0, _tokens!);

    public void RmsNorm(RowBuffer input, Tensor weight, float epsilon, RowBuffer output) =>
        Rows(output).Value = RmsNorm(Rows(input).Value, weight, epsilon);

    public void Linear(RowBuffer input, LinearWeight weight, RowBuffer output) =>
        Rows(output).Value = functional.linear(Rows(input).Value, weight.Weight, weight.Bias);

    public void AddLinear(RowBuffer input, LinearWeight weight, RowBuffer accumulated)
    {
        using Tensor product = functional.linear(Rows(input).Value, weight.Weight, weight.Bias);
        Rows(accumulated).Value = Rows(accumulated).Value.Plus(product);
    }

    public void RotateAndStore(RowBuffer qkv, AttentionWeights weights, RotaryTable rotary, LayerCache cache)
    {
        using var scope = NewDisposeScope();
        Tensor all = Rows(qkv).Value; // [tokens, (heads + 2 kv heads) * head dim]
        long tokens = all.size(0), rotated = weights.Heads + weights.KeyValueHeads;
        Tensor heads = all.view(tokens, rotated + weights.KeyValueHeads, weights.HeadDim);
        Tensor queriesAndKeys = heads.narrow(1, 0, rotated);
        if (weights.QueryNorm is not null)
        {
            queriesAndKeys = cat(
                [
                    RmsNorm(heads.narrow(1, 0, weights.Heads), weights.QueryNorm, weights.NormEpsilon),
                    RmsNorm(heads.narrow(1, weights.Heads, weights.KeyValueHeads), weights.KeyNorm!, weights.NormEpsilon),
                ], 1);
        }

        _cosines ??= Angles(rotary.Cosines);
        _sines ??= Angles(rotary.Sines);
        long half = weights.HeadDim / 2;
        Tensor first = queriesAndKeys.narrow(2, 0, half), second = queriesAndKeys.narrow(2, half, half);
        Tensor turned = (queriesAndKeys * _cosines).Plus(cat([second.neg(), first], 2) * _sines);
        cache.Keys.index_copy_(0, _slots!, turned.narrow(1, weights.Heads, weights.KeyValueHeads).to_type(CacheType));
        cache.Values.index_copy_(0, _slots!, heads.narrow(1, rotated, weights.KeyValueHeads).to_type(CacheType));
        if (!_batch!.CopiedFrom.IsEmpty) Copy(cache);
        Tensor queries = turned.narrow(1, 0, weights.Heads).MoveToOuterDisposeScope();
        Rows(qkv).Value = queries; // [tokens, heads, head dim]: the keys and values are in the cache now
    }

    public void Attend(RowBuffer qkv, AttentionWeights weights, LayerCache cache, RowBuffer output)
    {
        using var scope = NewDisposeScope();
        Tensor queries = Rows(qkv).Value;
        RaggedAttention attention = AttentionFor(weights);
        var outputs = new Tensor[_batch!.Rows.Length];
        for (int i = 0; i < outputs.Length; i++) outputs[i] = attention.Attend(i, queries, cache);
        Tensor joined = outputs.Length == 1 ? outputs[0] : cat(outputs, 0);
        Rows(output).Value = joined.MoveToOuterDisposeScope();
    }

    public void GatedActivation(RowBuffer gateUp, RowBuffer output)
    {
        using var scope = NewDisposeScope();
        Tensor both = Rows(gateUp).Value;
        long columns = output.Columns;
        Rows(output).Value = functional.silu(both.narrow(1, 0, columns)).mul(both.narrow(1, columns, columns)).MoveToOuterDisposeScope();
    }

    public void Gather(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output)
    {
        using Tensor index = ToDevice(rows);
        Rows(output).Value = Rows(input).Value.index_select(0, index);
    }

    public void CopyToHost(RowBuffer input, Span<float> destination)
    {
        using Tensor host = Rows(input).Value.to_type(ScalarType.Float32).cpu().contiguous();
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(host.bytes).CopyTo(destination);
    }

    public void Scatter(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output)
    {
        using Tensor index = ToDevice(rows);
        Rows(output).Value = Rows(output).Value.index_copy(0, index, Rows(input).Value);
    }

    public void Logits(RowBuffer input, LinearWeight head, ReadOnlySpan<bool> wantsRow, LogitsResult result)
    {
        using var scope = NewDisposeScope();
        Tensor logits = functional.linear(Rows(input).Value, head.Weight, head.Bias).to_type(ScalarType.Float32); // [samples, vocabulary]
        int samples = (int)logits.size(0), vocabulary = (int)logits.size(1);
        int wanted = result.Reset(samples, vocabulary, wantsRow);

        Tensor sum = logits.logsumexp(1, keepdim: true);
        Tensor normalised = logits - sum;
        using Scalar natsPerBit = -Math.Log(2); // held: a Scalar made on the way may be finalised during the call
        Tensor entropy = (normalised.exp() * normalised).sum(1, keepdim: true).div(natsPerBit);
        Tensor argmax = logits.argmax(1, keepdim: true);
        Tensor reductions = cat([argmax.to_type(ScalarType.Float32), logits.gather(1, argmax), sum, entropy], 1); // [samples, 4]
        Tensor packed = reductions.flatten();
        if (wanted > 0)
        {
            Tensor full = logits;
            if (wanted < samples)
            {
                var index = new List<int>(wanted);
                for (int i = 0; i < samples; i++)
                    if (wantsRow[i]) index.Add(i);
                full = logits.index_select(0, ToDevice(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(index)));
            }

            packed = cat([packed, full.flatten()], 0);
        }

        ReadOnlySpan<float> host = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(packed.cpu().bytes); // the one copy
        for (int i = 0; i < samples; i++)
        {
            result.ArgMax[i] = (int)host[4 * i]; // exact: vocabularies are below 2^24
            result.Max[i] = host[4 * i + 1];
            result.LogSumExp[i] = host[4 * i + 2];
            result.Entropy[i] = Math.Max(0, host[4 * i + 3]);
        }

        host[(4 * samples)..].CopyTo(result.FullRows);
    }

    public void Dispose() => End();

    private void Copy(LayerCache cache)
    {
        Tensor from = ToDevice(_batch!.CopiedFrom), to = ToDevice(_batch.CopiedTo);
        foreach (Tensor tokens in (Tensor[])[cache.Keys, cache.Values]) tokens.index_copy_(0, to, tokens.index_select(0, from));
    }

    private void Take(RaggedBatch batch)
    {
        _batch = batch;
        _tokens = ToDevice(batch.Tokens);
        _positions = ToDevice(batch.Positions);
        _slots = ToDevice(batch.Slots);
    }

    private void Drop()
    {
        foreach (RaggedAttention attention in _attention) attention.Dispose();
        _attention.Clear();
        foreach (Tensor? tensor in (Tensor?[])[_tokens, _positions, _slots, _cosines, _sines]) tensor?.Dispose();
        _tokens = _positions = _slots = _cosines = _sines = null;
        _batch = null;
    }

    private static TensorRows Rows(RowBuffer buffer) => (TensorRows)buffer;

    private Tensor ToDevice(ReadOnlySpan<int> values) => IndexTensor.Of(values, _device);

    /// <summary>The batch's rows of a rotary table, both halves of a head alike: [tokens, 1, head dim].</summary>
    private Tensor Angles(Tensor table)
    {
        using Tensor rows = table.index_select(0, _positions!), both = cat([rows, rows], 1), typed = both.to_type(_dtype);
        return typed.unsqueeze(1).DetachFromDisposeScope();
    }

    private static Tensor RmsNorm(Tensor input, Tensor weight, float epsilon)
    {
        using var scope = NewDisposeScope();
        Tensor wide = input.to_type(ScalarType.Float32);
        using Scalar small = epsilon; // held: a Scalar made on the way may be finalised during the call
        Tensor scaled = wide * (wide * wide).mean([-1], keepdim: true).Plus(small).rsqrt();
        return (weight * scaled.to_type(input.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>The ranges and masks of this batch, made once for all layers that look equally far back.</summary>
    private RaggedAttention AttentionFor(AttentionWeights weights)
    {
        foreach (RaggedAttention made in _attention)
            if (made.Window == weights.SlidingWindow) return made;
        var attention = new RaggedAttention(_batch!, weights, _device, _dtype);
        _attention.Add(attention);
        return attention;
    }
}
