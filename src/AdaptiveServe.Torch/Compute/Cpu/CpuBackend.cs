using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>The seam on the CPU: SIMD kernels on native memory, activations and cache in float32, weights as they are held.</summary>
/// <remarks>
/// A row's result does not depend on the batch around it, nor on the number of threads. Weights widen to float32 exactly, so a bfloat16
/// checkpoint gives what it would give converted to float32.
/// </remarks>
internal static class CpuBackend
{
    /// <summary>A backend with the widest kernels that this processor runs.</summary>
    public static IComputeBackend Create(WorkerPool pool) =>
        Lanes512.IsSupported ? new CpuBackend<Lanes512>(pool) : new CpuBackend<Lanes256>(pool);
}

/// <inheritdoc cref="CpuBackend"/>
internal sealed unsafe class CpuBackend<TLanes> : IComputeBackend
    where TLanes : struct, ILanes<TLanes>
{
    private const int MinimumWorkPerPart = 1 << 16; // multiply-adds that outweigh handing a part to another thread
    private const int PartsPerThread = 4;
    private const int OutputsPerTile = 4;

    private readonly WorkerPool _pool;
    private readonly Action<int> _linearPart, _attentionPart, _activationPart;
    private readonly Dictionary<torch.Tensor, nint> _data = new(ReferenceEqualityComparer.Instance);
    private readonly NativeRows _scratch = new(1);
    private NativeRows[] _scores = [];
    private NativeRows? _logits;
    private RaggedBatch _batch = new(1);
    private int[] _rowOfToken = [];
    private int _longest;

    // The operation that is being run in parts.
    private int _items, _parts;
    private LinearKernel.Arguments _linear;
    private torch.ScalarType _linearType;
    private AttentionKernel.Arguments _attention;
    private NativeRows _gateUp, _gated;

    public CpuBackend(WorkerPool pool)
    {
        _pool = pool;
        _linearPart = LinearPart;
        _attentionPart = AttentionPart;
        _activationPart = ActivationPart;
        _gateUp = _gated = _scratch;
    }

    public torch.ScalarType CacheType => torch.float32;

    public torch.ScalarType VectorType(torch.ScalarType weights) => torch.float32;

    public RowBuffer CreateBuffer(int columns) => new NativeRows(columns);

    public void Begin(RaggedBatch batch)
    {
        _batch = batch;
        if (_rowOfToken.Length < batch.TokenCount) _rowOfToken = new int[Math.Max(batch.TokenCount, 2 * _rowOfToken.Length)];
        _longest = 0;
        for (int i = 0; i < batch.Rows.Length; i++)
        {
            ref readonly RaggedRow row = ref batch.Rows[i];
            _rowOfToken.AsSpan(row.FirstRow, row.Count).Fill(i);
            _longest = Math.Max(_longest, row.Start + row.Count);
        }
    }

    public void End()
    {
    }

    public void Embed(LinearWeight table, RowBuffer output)
    {
        NativeRows rows = Rows(output);
        rows.Resize(_batch.TokenCount);
        byte* weights = Data(table.Weight);
        torch.ScalarType type = table.Weight.dtype;
        for (int row = 0; row < rows.Rows; row++)
        {
            float* target = rows.Row(row);
            nint first = (nint)_batch.Tokens[row] * rows.Columns;
            for (int i = 0; i < rows.Columns; i++) target[i] = LoadOne(type, weights, first + i);
        }
    }

    public void RmsNorm(RowBuffer input, torch.Tensor weight, float epsilon, RowBuffer output)
    {
        NativeRows from = Rows(input), to = Rows(output);
        to.Resize(from.Rows);
        float* scale = (float*)Data(weight);
        for (int row = 0; row < from.Rows; row++) RowKernels.RmsNorm<TLanes>(from.Row(row), scale, from.Columns, epsilon, to.Row(row));
    }

    public void Linear(RowBuffer input, LinearWeight weight, RowBuffer output)
    {
        Rows(output).Resize(Rows(input).Rows);
        Linear(input, weight, output, adds: false);
    }

    public void AddLinear(RowBuffer input, LinearWeight weight, RowBuffer accumulated) => Linear(input, weight, accumulated, adds: true);

    public void RotateAndStore(RowBuffer qkv, AttentionWeights weights, RotaryTable rotary, LayerCache cache)
    {
        NativeRows rows = Rows(qkv);
        int half = weights.HeadDim / 2, keyColumns = weights.KeyColumns;
        float* cosines = (float*)Data(rotary.Cosines), sines = (float*)Data(rotary.Sines);
        float* keys = (float*)Data(cache.Keys), values = (float*)Data(cache.Values);
        for (int row = 0; row < rows.Rows; row++)
        {
            float* query = rows.Row(row), key = query + weights.QueryColumns, value = key + keyColumns;
            nint angle = (nint)_batch.Positions[row] * half;
            for (int head = 0; head < weights.Heads + weights.KeyValueHeads; head++)
            {
                float* vector = query + head * weights.HeadDim;
                torch.Tensor? norm = head < weights.Heads ? weights.QueryNorm : weights.KeyNorm;
                if (norm is not null)
                    RowKernels.RmsNorm<TLanes>(vector, (float*)Data(norm), weights.HeadDim, weights.NormEpsilon, vector);
                RowKernels.Rotate(vector, cosines + angle, sines + angle, half);
            }

            nint slot = (nint)_batch.Slots[row] * keyColumns;
            new ReadOnlySpan<float>(key, keyColumns).CopyTo(new Span<float>(keys + slot, keyColumns));
            new ReadOnlySpan<float>(value, keyColumns).CopyTo(new Span<float>(values + slot, keyColumns));
        }
    }

    public void Attend(RowBuffer qkv, AttentionWeights weights, LayerCache cache, RowBuffer output)
    {
        NativeRows queries = Rows(qkv), attended = Rows(output);
        attended.Resize(queries.Rows);
        _attention = new AttentionKernel.Arguments
        {
            Queries = queries.Data,
            QueryStride = queries.Columns,
            Keys = (float*)Data(cache.Keys),
            Values = (float*)Data(cache.Values),
            Output = attended.Data,
            Heads = weights.Heads,
            KeyValueHeads = weights.KeyValueHeads,
            HeadDim = weights.HeadDim,
            Window = weights.SlidingWindow,
            BlockSize = _batch.BlockSize,
        };

        long work = 0;
        foreach (ref readonly RaggedRow row in _batch.Rows) work += (long)row.Count * (row.Start + row.Count) * attended.Columns;
        CountParts(queries.Rows * weights.KeyValueHeads, work);
        ReserveScores();
        _pool.Run(_parts, _attentionPart);
    }

    public void GatedActivation(RowBuffer gateUp, RowBuffer output)
    {
        _gateUp = Rows(gateUp);
        _gated = Rows(output);
        _gated.Resize(_gateUp.Rows);
        CountParts(_gateUp.Rows, (long)_gateUp.Rows * _gated.Columns * 8);
        _pool.Run(_parts, _activationPart);
    }

    public void Gather(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output)
    {
        NativeRows from = Rows(input), to = Rows(output);
        to.Resize(rows.Length);
        for (int i = 0; i < rows.Length; i++)
            new ReadOnlySpan<float>(from.Row(rows[i]), from.Columns).CopyTo(new Span<float>(to.Row(i), to.Columns));
    }

    public void Logits(RowBuffer input, LinearWeight head, ReadOnlySpan<bool> wantsRow, LogitsResult result)
    {
        _logits ??= new NativeRows(head.Outputs);
        _logits.Resize(Rows(input).Rows);
        Linear(input, head, _logits, adds: false);
        result.Reset(_logits.Rows, head.Outputs, wantsRow);
        _scratch.Resize(2 * head.Outputs);
        for (int row = 0; row < _logits.Rows; row++)
        {
            float* logits = _logits.Row(row);
            (int argmax, float logSumExp, float entropy) =
                RowKernels.Reduce<TLanes>(logits, head.Outputs, _scratch.Data, _scratch.Data + head.Outputs);
            result.ArgMax[row] = argmax;
            result.Max[row] = logits[argmax];
            result.LogSumExp[row] = logSumExp;
            result.Entropy[row] = entropy;
            if (wantsRow[row]) new ReadOnlySpan<float>(logits, head.Outputs).CopyTo(result.Row(row));
        }
    }

    public void Dispose()
    {
        foreach (NativeRows scores in _scores) scores.Dispose();
        _scratch.Dispose();
        _logits?.Dispose();
    }

    private static NativeRows Rows(RowBuffer buffer) => (NativeRows)buffer;

    private static float LoadOne(torch.ScalarType type, byte* weights, nint index) => type switch
    {
        torch.ScalarType.Float32 => Float32Weights.LoadOne(weights, index),
        torch.ScalarType.BFloat16 => BFloat16Weights.LoadOne(weights, index),
        _ => Float16Weights.LoadOne(weights, index),
    };

    private void Linear(RowBuffer input, LinearWeight weight, RowBuffer output, bool adds)
    {
        NativeRows from = Rows(input), to = Rows(output);
        _linear = new LinearKernel.Arguments
        {
            Input = from.Data,
            Rows = from.Rows,
            Inputs = weight.Inputs,
            Weight = Data(weight.Weight),
            Bias = weight.Bias is null ? null : (float*)Data(weight.Bias),
            Output = to.Data,
            Outputs = weight.Outputs,
            Adds = adds,
        };
        _linearType = weight.Weight.dtype;
        int tiles = (weight.Outputs + OutputsPerTile - 1) / OutputsPerTile;
        CountParts(tiles, (long)from.Rows * weight.Inputs * weight.Outputs);
        _pool.Run(_parts, _linearPart);
    }

    /// <summary>Divides an operation: enough parts to keep all threads busy, none too small to be worth handing over.</summary>
    private void CountParts(int items, long work)
    {
        _items = items;
        _parts = (int)Math.Clamp(work / MinimumWorkPerPart, 1, Math.Min(items, PartsPerThread * _pool.Threads));
    }

    private (int From, int To) Part(int part) => ((int)((long)_items * part / _parts), (int)((long)_items * (part + 1) / _parts));

    private void ReserveScores()
    {
        if (_scores.Length < _parts)
        {
            int had = _scores.Length;
            Array.Resize(ref _scores, _parts);
            for (int i = had; i < _parts; i++) _scores[i] = new NativeRows(1);
        }

        for (int part = 0; part < _parts; part++) _scores[part].Resize(_longest);
    }

    private void LinearPart(int part)
    {
        (int from, int to) = Part(part);
        (from, to) = (from * OutputsPerTile, Math.Min(to * OutputsPerTile, _linear.Outputs));
        if (_linearType == torch.ScalarType.Float32) LinearKernel.Run<TLanes, Float32Weights>(_linear, from, to);
        else if (_linearType == torch.ScalarType.BFloat16) LinearKernel.Run<TLanes, BFloat16Weights>(_linear, from, to);
        else LinearKernel.Run<TLanes, Float16Weights>(_linear, from, to);
    }

    private void AttentionPart(int part)
    {
        (int from, int to) = Part(part);
        for (int item = from; item < to; item++)
        {
            (int token, int head) = Math.DivRem(item, _attention.KeyValueHeads);
            ref readonly RaggedRow row = ref _batch.Rows[_rowOfToken[token]];
            AttentionKernel.Run<TLanes>(_attention, row, token - row.FirstRow, head, _scores[part].Data);
        }
    }

    private void ActivationPart(int part)
    {
        (int from, int to) = Part(part);
        for (int row = from; row < to; row++)
            RowKernels.GatedActivation(_gateUp.Row(row), _gateUp.Row(row) + _gated.Columns, _gated.Columns, _gated.Row(row));
    }

    /// <summary>Where a weight or a cache lies; asked once of libtorch.</summary>
    private byte* Data(torch.Tensor tensor)
    {
        if (!_data.TryGetValue(tensor, out nint data))
        {
            data = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
            _data.Add(tensor, data);
        }

        return (byte*)data;
    }
}
