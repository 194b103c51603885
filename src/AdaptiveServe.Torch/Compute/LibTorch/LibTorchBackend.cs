using System.Runtime.InteropServices;
using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>The seam on libtorch's operations: the reference on the CPU, and the path to CUDA.</summary>
/// <remarks>
/// Activations have the type of the weights, as Hugging Face runs these models; norms and logits are computed in float32. On CUDA a forward
/// brings all its integers to the device in one copy that nobody waits for, and the copy of the result is the only time that the host waits.
/// </remarks>
internal sealed class LibTorchBackend : IComputeBackend
{
    private readonly Device _device;
    private readonly ScalarType _dtype;
    private readonly LibTorchParts _parts;
    private readonly HostStaging _staging;
    private readonly List<TensorRows> _buffers = [];
    private readonly List<RaggedAttention> _attention = [];
    private int _scratchSlot;
    private IDisposable? _inference;
    private DisposeScope? _scope;
    private RaggedBatch? _batch;
    private StepIndices? _indices;
    private Tensor? _cosines, _sines, _result;

    /// <param name="device">Where.</param>
    /// <param name="dtype">The type of weights and activations.</param>
    /// <param name="cacheType">The type of keys and values.</param>
    /// <param name="parts">What is used in the place of plain operations; owned.</param>
    public LibTorchBackend(Device device, ScalarType dtype, ScalarType cacheType, LibTorchParts? parts = null)
    {
        _device = device;
        _dtype = dtype;
        CacheType = cacheType;
        _parts = parts ?? new LibTorchParts();
        _staging = new HostStaging(device);
    }

    public ScalarType CacheType { get; }

    public ScalarType VectorType(ScalarType weights) => weights;

    /// <summary>Copies to the device since the start: one for most forwards.</summary>
    public int Uploads => _staging.Uploads;

    private bool IsCuda => _device.type == DeviceType.CUDA;

    /// <summary>The batch's integers on the device.</summary>
    private StepIndices Indices => _indices ??= Upload();

    public void Prepare(LinearWeight weight)
    {
    }

    public void Prepare(KvCache cache) => _scratchSlot = cache.ScratchSlot;

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
        _batch = batch;
    }

    public void Select(RaggedBatch batch)
    {
        Drop();
        _batch = batch;
    }

    public void Repeat(Action layers, RowBuffer hidden)
    {
        if (_parts.Graphs is not { IsUsable: true } graphs || StepGraphs.Pad(_batch!) is not { } shape)
        {
            layers();
            return;
        }

        StepIndices.Write(_batch!, shape, _scratchSlot, _staging.Reserve(shape.Count));
        if (graphs.Find(shape) is { } known)
        {
            _staging.CopyTo(known.Indices.Packed);
            known.Graph.Replay();
            Rows(hidden).Value = known.Output.narrow(0, 0, _batch!.TokenCount);
        }
        else if (Record(graphs, shape, layers, hidden) is { } made) Rows(hidden).Value = made.Output.narrow(0, 0, _batch!.TokenCount);
        else layers();
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

    public void Embed(LinearWeight table, RowBuffer output) => Rows(output).Value = table.Weight.index_select(0, Indices.Tokens);

    public void RmsNorm(RowBuffer input, Tensor weight, float epsilon, RowBuffer output) =>
        Rows(output).Value = RmsNorm(Rows(input).Value, weight, epsilon);

    public void Linear(RowBuffer input, LinearWeight weight, RowBuffer output) =>
        Rows(output).Value = functional.linear(Rows(input).Value, weight.Weight, weight.Bias);

    public void AddLinear(RowBuffer input, LinearWeight weight, RowBuffer accumulated)
    {
        if (IsCuda && weight.Bias is null)
        {
            using Tensor transposed = weight.Weight.t(); // the product's kernel adds as well
            Rows(accumulated).Value = addmm(Rows(accumulated).Value, Rows(input).Value, transposed, 1, 1);
            return;
        }

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

        _cosines ??= Angles(rotary.Cosines, isSine: false);
        _sines ??= Angles(rotary.Sines, isSine: true);
        long half = weights.HeadDim / 2;
        Tensor first = queriesAndKeys.narrow(2, 0, half), second = queriesAndKeys.narrow(2, half, half);
        Tensor turned = (queriesAndKeys * _cosines).Plus(cat([second, first], 2) * _sines);
        cache.Keys.index_copy_(0, Indices.Slots, turned.narrow(1, weights.Heads, weights.KeyValueHeads).to_type(CacheType));
        cache.Values.index_copy_(0, Indices.Slots, heads.narrow(1, rotated, weights.KeyValueHeads).to_type(CacheType));
        if (!_batch!.CopiedFrom.IsEmpty) Copy(cache);
        Tensor queries = turned.narrow(1, 0, weights.Heads).MoveToOuterDisposeScope();
        Rows(qkv).Value = queries; // [tokens, heads, head dim]: the keys and values are in the cache now
    }

    public void Attend(RowBuffer qkv, AttentionWeights weights, LayerCache cache, RowBuffer output)
    {
        using var scope = NewDisposeScope();
        Tensor queries = Rows(qkv).Value;
        if (_parts.Attention is { } attend)
        {
            Tensor keys = cache.Keys, values = cache.Values;
            if (Indices.Gathers) (keys, values) = (keys.index_select(0, Indices.Gathered), values.index_select(0, Indices.Gathered));
            Tensor attended = attend(queries, keys, values, Indices.Layout, weights.SlidingWindow);
            Rows(output).Value = attended.reshape(queries.size(0), output.Columns).MoveToOuterDisposeScope();
            return;
        }

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
        Tensor from = Rows(input).Value;
        if (rows.Length == from.size(0) && IsInOrder(rows))
        {
            Rows(output).Value = from.narrow(0, 0, rows.Length);
            return;
        }

        bool isSampled = rows.SequenceEqual(_batch!.SampleRows); // these are there already
        using Tensor? uploaded = isSampled ? null : _staging.Upload(rows);
        Rows(output).Value = from.index_select(0, uploaded ?? Indices.Samples);
    }

    public void CopyToHost(RowBuffer input, Span<float> destination)
    {
        using var scope = NewDisposeScope();
        ToHost(Rows(input).Value.to_type(ScalarType.Float32).contiguous()).CopyTo(destination);
    }

    public void Scatter(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output)
    {
        using Tensor index = _staging.Upload(rows);
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
                full = logits.index_select(0, _staging.Upload(CollectionsMarshal.AsSpan(index)));
            }

            packed = cat([packed, full.flatten()], 0);
        }

        ReadOnlySpan<float> host = ToHost(packed); // the one copy
        for (int i = 0; i < samples; i++)
        {
            result.ArgMax[i] = (int)host[4 * i]; // exact: vocabularies are below 2^24
            result.Max[i] = host[4 * i + 1];
            result.LogSumExp[i] = host[4 * i + 2];
            result.Entropy[i] = Math.Max(0, host[4 * i + 3]);
        }

        host[(4 * samples)..].CopyTo(result.FullRows);
    }

    public void Dispose()
    {
        End();
        _parts.Dispose();
        _staging.Dispose();
        _result?.Dispose();
    }

    private StepIndices Upload()
    {
        var shape = StepShape.Of(_batch!, gathers: _parts.Attention is not null);
        StepIndices.Write(_batch!, shape, _scratchSlot, _staging.Reserve(shape.Count));
        return new StepIndices(_staging.Upload(shape.Count), shape);
    }

    /// <summary>Runs the layers on what was written for the device, and keeps a record of them; null where that is not possible.</summary>
    private RecordedStep? Record(StepGraphs graphs, StepShape shape, Action layers, RowBuffer hidden)
    {
        var indices = new StepIndices(_staging.Upload(shape.Count), shape);
        Tensor output = empty([shape.Tokens, hidden.Columns], _dtype, _device).DetachFromDisposeScope();
        var step = new RecordedStep(shape, graphs.Create(), indices, output);
        try
        {
            step.Graph.Capture(() =>
            {
                ForgetAngles();
                indices.Refresh(); // all that is computed of the inputs is computed again
                _indices = indices;
                layers();
                output.copy_(Rows(hidden).Value);
                _indices = null; // the record's
            });
            graphs.Add(step);
            return step;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ExternalException)
        {
            graphs.GiveUp(exception);
            step.Dispose();
            return null;
        }
        finally
        {
            ForgetAngles();
            _indices = null;
        }
    }

    /// <summary>Numbers of a float32 tensor in one piece, on the host. The host has waited for everything that was asked of the device.</summary>
    private ReadOnlySpan<float> ToHost(Tensor values)
    {
        if (!IsCuda) return MemoryMarshal.Cast<byte, float>(values.bytes);
        int count = (int)values.numel();
        if (_result is null || _result.numel() < count)
        {
            _result?.Dispose();
            _result = empty(2 * count, ScalarType.Float32).pin_memory().DetachFromDisposeScope();
        }

        using Tensor flat = values.flatten(), part = _result.narrow(0, 0, count);
        part.copy_(flat);
        _staging.Reclaim();
        return MemoryMarshal.Cast<byte, float>(_result.bytes)[..count];
    }

    private void Copy(LayerCache cache)
    {
        foreach (Tensor tokens in (Tensor[])[cache.Keys, cache.Values])
            tokens.index_copy_(0, Indices.CopiedTo, tokens.index_select(0, Indices.CopiedFrom));
    }

    private void Drop()
    {
        foreach (RaggedAttention attention in _attention) attention.Dispose();
        _attention.Clear();
        ForgetAngles();
        _indices?.Dispose();
        _indices = null;
        _batch = null;
        if (!IsCuda) _staging.Reclaim(); // copies are made at once
    }

    private void ForgetAngles()
    {
        _cosines?.Dispose();
        _sines?.Dispose();
        _cosines = _sines = null;
    }

    private static bool IsInOrder(ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < rows.Length; i++)
            if (rows[i] != i) return false;
        return true;
    }

    private static TensorRows Rows(RowBuffer buffer) => (TensorRows)buffer;

    /// <summary>The batch's rows of a rotary table for both halves of a head, sines with the sign of their half: [tokens, 1, head dim].</summary>
    private Tensor Angles(Tensor table, bool isSine)
    {
        using var scope = NewDisposeScope();
        Tensor rows = table.index_select(0, Indices.Positions);
        return cat([isSine ? rows.neg() : rows, rows], 1).to_type(_dtype).unsqueeze(1).DetachFromDisposeScope();
    }

    private Tensor RmsNorm(Tensor input, Tensor weight, float epsilon)
    {
        if (_parts.Norm is { } norm) return norm.Apply(input, weight, epsilon);
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
        var attention = new RaggedAttention(_batch!, weights, _staging, _device, _dtype);
        _attention.Add(attention);
        return attention;
    }
}
