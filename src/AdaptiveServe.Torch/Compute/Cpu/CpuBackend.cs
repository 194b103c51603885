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
    /// <summary>A backend with the widest kernels that this processor runs, or with those of a given width in bits.</summary>
    public static IComputeBackend Create(WorkerPool pool, int? width = null) => width switch
    {
        512 => new CpuBackend<Lanes512>(pool),
        256 => new CpuBackend<Lanes256>(pool),
        128 => new CpuBackend<Lanes128>(pool),
        null when Lanes512.IsSupported => new CpuBackend<Lanes512>(pool),
        null when Lanes256.IsSupported => new CpuBackend<Lanes256>(pool),
        null => new CpuBackend<Lanes128>(pool),
        _ => throw new ArgumentOutOfRangeException(nameof(width)),
    };
}

/// <inheritdoc cref="CpuBackend"/>
internal sealed unsafe class CpuBackend<TLanes> : IComputeBackend
    where TLanes : struct, ILanes<TLanes>
{
    private const int MinimumWorkPerPart = 1 << 16; // multiply-adds that outweigh handing a part to another thread
    private const int PartsPerThread = 4;

    private readonly WorkerPool _pool;
    private readonly Action<int> _linearPart, _attentionPart, _activationPart, _reductionPart;
    private readonly Dictionary<LinearWeight, PackedWeight> _weights = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<torch.Tensor, nint> _data = new(ReferenceEqualityComparer.Instance);
    private readonly NativeBuffer<int> _slots = new();
    private NativeBuffer<float>[] _scores = [];
    private NativeRows _logits = new(1);
    private RaggedBatch _batch = new(1);
    private TokenPlace[] _places = [];
    private int _longest;

    // The operation that is being run in parts.
    private int _items, _parts;
    private LinearKernel.Arguments _linear;
    private AttentionKernel.Arguments _attention;
    private NativeRows _gateUp, _gated;
    private LogitsResult _result = new();

    public CpuBackend(WorkerPool pool)
    {
        _pool = pool;
        _linearPart = LinearPart;
        _attentionPart = AttentionPart;
        _activationPart = ActivationPart;
        _reductionPart = ReductionPart;
        _gateUp = _gated = _logits;
    }

    public torch.ScalarType CacheType => torch.float32;

    public torch.ScalarType VectorType(torch.ScalarType weights) => torch.float32;

    public void Prepare(LinearWeight weight) => _weights.Add(weight, new PackedWeight(weight, 4 * TLanes.Width));

    public RowBuffer CreateBuffer(int columns) => new NativeRows(columns);

    public void Begin(RaggedBatch batch)
    {
        _batch = batch;
        if (_places.Length < batch.TokenCount) _places = new TokenPlace[Math.Max(batch.TokenCount, 2 * _places.Length)];
        nint positions = 0;
        foreach (ref readonly RaggedRow row in batch.Rows) positions += row.Start + row.Count;
        _slots.Reserve(positions);
        _longest = 0;
        int* slots = _slots.Data;
        foreach (ref readonly RaggedRow row in batch.Rows)
        {
            int end = row.Start + row.Count;
            for (int i = 0; i < row.Count; i++) _places[row.FirstRow + i] = new TokenPlace(row.Start + i, slots);
            FillSlots(row.Blocks.Blocks, end, slots);
            slots += end;
            _longest = Math.Max(_longest, end);
        }
    }

    public void End()
    {
    }

    public void Embed(LinearWeight table, RowBuffer output)
    {
        NativeRows rows = Rows(output);
        rows.Resize(_batch.TokenCount);
        PackedWeight weights = _weights[table];
        for (int row = 0; row < rows.Rows; row++) weights.CopyRow(_batch.Tokens[row], rows.Row(row));
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
                RowKernels.Rotate<TLanes>(vector, cosines + angle, sines + angle, half);
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
            QueryStride = queries.Stride,
            Keys = (float*)Data(cache.Keys),
            Values = (float*)Data(cache.Values),
            Output = attended.Data,
            OutputStride = attended.Stride,
            Heads = weights.Heads,
            KeyValueHeads = weights.KeyValueHeads,
            HeadDim = weights.HeadDim,
            Window = weights.SlidingWindow,
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
        if (_logits.Columns != head.Outputs)
        {
            _logits.Dispose();
            _logits = new NativeRows(head.Outputs);
        }

        _logits.Resize(Rows(input).Rows);
        Linear(input, head, _logits, adds: false);
        _result = result;
        _result.Reset(_logits.Rows, head.Outputs, wantsRow);
        CountParts(_logits.Rows, (long)_logits.Rows * head.Outputs * 8);
        _pool.Run(_parts, _reductionPart);
        for (int row = 0; row < _logits.Rows; row++)
            if (wantsRow[row]) new ReadOnlySpan<float>(_logits.Row(row), head.Outputs).CopyTo(result.Row(row));
    }

    public void Dispose()
    {
        foreach (NativeBuffer<float> scores in _scores) scores.Dispose();
        foreach (PackedWeight weight in _weights.Values) weight.Dispose();
        _weights.Clear();
        _slots.Dispose();
        _logits.Dispose();
    }

    private static NativeRows Rows(RowBuffer buffer) => (NativeRows)buffer;

    private void FillSlots(ReadOnlySpan<int> blocks, int count, int* slots)
    {
        int size = _batch.BlockSize;
        for (int from = 0; from < count; from += size)
        {
            int slot = blocks[from / size] * size, end = Math.Min(from + size, count);
            for (int i = from; i < end; i++) slots[i] = slot++;
        }
    }

    private void Linear(RowBuffer input, LinearWeight weight, RowBuffer output, bool adds)
    {
        NativeRows from = Rows(input), to = Rows(output);
        PackedWeight packed = _weights[weight];
        _linear = new LinearKernel.Arguments
        {
            Input = from.Data,
            InputStride = from.Stride,
            Rows = from.Rows,
            Weight = packed,
            Output = to.Data,
            OutputStride = to.Stride,
            Adds = adds,
        };
        CountParts(packed.Panels, (long)from.Rows * weight.Inputs * weight.Outputs);
        _pool.Run(_parts, _linearPart);
    }

    /// <summary>Divides an operation: enough parts to keep all threads busy, none too small to be worth handing over.</summary>
    private void CountParts(int items, long work)
    {
        _items = items;
        _parts = _pool.Threads == 1 ? 1 : (int)Math.Clamp(work / MinimumWorkPerPart, 1, Math.Min(items, PartsPerThread * _pool.Threads));
    }

    private (int From, int To) Part(int part) => ((int)((long)_items * part / _parts), (int)((long)_items * (part + 1) / _parts));

    private void ReserveScores()
    {
        if (_scores.Length < _parts)
        {
            int had = _scores.Length;
            Array.Resize(ref _scores, _parts);
            for (int i = had; i < _parts; i++) _scores[i] = new NativeBuffer<float>();
        }

        for (int part = 0; part < _parts; part++) _scores[part].Reserve(AttentionKernel.ScratchLength(_attention, _longest - 1));
    }

    private void LinearPart(int part)
    {
        (int from, int to) = Part(part);
        if (_linear.Weight.Type == torch.ScalarType.Float32) LinearKernel.Run<TLanes, Float32Weights>(_linear, from, to);
        else if (_linear.Weight.Type == torch.ScalarType.BFloat16) LinearKernel.Run<TLanes, BFloat16Weights>(_linear, from, to);
        else LinearKernel.Run<TLanes, Float16Weights>(_linear, from, to);
    }

    private void AttentionPart(int part)
    {
        (int item, int to) = Part(part);
        while (item < to)
        {
            (int token, int head) = Math.DivRem(item, _attention.KeyValueHeads);
            int heads = Math.Min(_attention.KeyValueHeads - head, to - item);
            var some = new AttentionKernel.Item
            {
                Token = token,
                Position = _places[token].Position,
                Slots = _places[token].Slots,
                FirstKeyValueHead = head,
                KeyValueHeads = heads,
            };
            AttentionKernel.Run<TLanes>(_attention, some, _scores[part].Data);
            item += heads;
        }
    }

    private void ActivationPart(int part)
    {
        (int from, int to) = Part(part);
        for (int row = from; row < to; row++)
            RowKernels.GatedActivation<TLanes>(_gateUp.Row(row), _gateUp.Row(row) + _gated.Columns, _gated.Columns, _gated.Row(row));
    }

    private void ReductionPart(int part)
    {
        (int from, int to) = Part(part);
        for (int row = from; row < to; row++)
        {
            float* logits = _logits.Row(row);
            (int argmax, float logSumExp, float entropy) = RowKernels.Reduce<TLanes>(logits, _logits.Columns);
            _result.ArgMax[row] = argmax;
            _result.Max[row] = logits[argmax];
            _result.LogSumExp[row] = logSumExp;
            _result.Entropy[row] = entropy;
        }
    }

    /// <summary>Where a vector or a cache lies; asked once of libtorch.</summary>
    private byte* Data(torch.Tensor tensor)
    {
        if (!_data.TryGetValue(tensor, out nint data))
        {
            data = (nint)TensorMemory.Pointer(tensor);
            _data.Add(tensor, data);
        }

        return (byte*)data;
    }

    /// <summary>A token's position, and the slots of its sequence.</summary>
    private readonly struct TokenPlace(int position, int* slots)
    {
        public int Position { get; } = position;

        public int* Slots { get; } = slots;
    }
}
