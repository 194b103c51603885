using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>The seam on the CPU: SIMD kernels on native memory, activations in float32, weights and cache as they are held.</summary>
/// <remarks>
/// A row's result does not depend on the batch around it, nor on the number of threads. Weights widen to float32 exactly, so a bfloat16
/// checkpoint gives what it would give converted to float32. Only where weights are held in int8 are they rounded, once.
/// </remarks>
internal static class CpuBackend
{
    /// <summary>A backend with the widest kernels that this processor runs, or with those of a given width in bits.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="width">Bits of a register.</param>
    /// <param name="cacheType">How keys and values are held: float32, bfloat16 or float16.</param>
    /// <param name="quantises">Whether weights are held in int8, rounded when they are taken into use.</param>
    /// <param name="memory">Where the weights lie, owned; by default the process's own.</param>
    public static IComputeBackend Create(
        WorkerPool pool, int? width = null, torch.ScalarType cacheType = torch.ScalarType.Float32, bool quantises = false, WeightMemory? memory = null)
    {
        memory ??= new WeightMemory();
        return (width ?? Widest) switch
        {
            512 => new CpuBackend<Lanes512>(pool, cacheType, quantises, memory),
            256 => new CpuBackend<Lanes256>(pool, cacheType, quantises, memory),
            128 => new CpuBackend<Lanes128>(pool, cacheType, quantises, memory),
            _ => throw new ArgumentOutOfRangeException(nameof(width)),
        };
    }

    /// <summary>Bits of the widest registers that this processor has.</summary>
    public static int Widest => Lanes512.IsSupported ? 512 : Lanes256.IsSupported ? 256 : 128;
}

/// <inheritdoc cref="CpuBackend"/>
internal sealed unsafe class CpuBackend<TLanes> : IComputeBackend
    where TLanes : struct, ILanes<TLanes>
{
    private const int MinimumWorkPerPart = 1 << 16; // multiply-adds that outweigh handing a part to another thread
    private const int PartsPerThread = 4;
    private const double LongShare = 0.7; // of the panels: the rest makes up for threads that began later or read slower
    private const int AttentionWork = 4; // multiply-adds of a product that read as many bytes as an element's key and value

    private readonly WorkerPool _pool;
    private readonly bool _quantises;
    private readonly Action<int> _linearPart, _int8Part, _roundingPart, _rotationPart, _attentionPart, _activationPart, _reductionPart;
    private readonly WeightMemory _memory;
    private readonly Dictionary<LinearWeight, PanelWeight> _weights = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<torch.Tensor, nint> _data = new(ReferenceEqualityComparer.Instance);
    private readonly AttentionPlan _plan = new();
    private readonly Int8Rows _rounded = new();
    private readonly AttentionScratch[] _scratch;
    private NativeRows _logits = new(1);
    private RaggedBatch _batch = new(1);

    // The operation that is being run in parts.
    private int _items, _parts, _longItems;
    private LinearKernel.Arguments _linear;
    private Int8Kernel.Arguments _int8;
    private NativeRows _unrounded;
    private RotationKernel.Arguments _rotation;
    private AttentionBatch _attention;
    private NativeRows _gateUp, _gated;
    private LogitsResult _result = new();

    public CpuBackend(WorkerPool pool, torch.ScalarType cacheType, bool quantises, WeightMemory memory)
    {
        _memory = memory;
        _pool = pool;
        _quantises = quantises;
        CacheType = cacheType;
        _scratch = new AttentionScratch[PartsPerThread * pool.Threads];
        for (int i = 0; i < _scratch.Length; i++) _scratch[i] = new AttentionScratch();
        _linearPart = LinearPart;
        _int8Part = Int8Part;
        _roundingPart = RoundingPart;
        _rotationPart = RotationPart;
        _attentionPart = AttentionPart;
        _activationPart = ActivationPart;
        _reductionPart = ReductionPart;
        _gateUp = _gated = _unrounded = _logits;
    }

    public torch.ScalarType CacheType { get; }

    public torch.ScalarType VectorType(torch.ScalarType weights) => torch.float32;

    public void Prepare(LinearWeight weight)
    {
        int outputs = 4 * TLanes.Width;
        _weights.Add(weight, _quantises ? new Int8Weight(weight, outputs, _memory) : new PackedWeight(weight, outputs, _memory));
        weight.Weight.Dispose(); // nobody reads it any more
    }

    public RowBuffer CreateBuffer(int columns) => new NativeRows(columns);

    public void Begin(RaggedBatch batch)
    {
        _batch = batch;
        _plan.Begin(batch);
    }

    public void Select(RaggedBatch batch) => Begin(batch);

    public void End()
    {
    }

    public void Embed(LinearWeight table, RowBuffer output)
    {
        NativeRows rows = Rows(output);
        rows.Resize(_batch.TokenCount);
        PanelWeight weights = _weights[table];
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
        _rotation = new RotationKernel.Arguments
        {
            Rows = rows.Data,
            Stride = rows.Stride,
            Heads = weights.Heads,
            Layout = Layout(weights),
            Cosines = (float*)Data(rotary.Cosines),
            Sines = (float*)Data(rotary.Sines),
            QueryNorm = weights.QueryNorm is { } query ? (float*)Data(query) : null,
            KeyNorm = weights.KeyNorm is { } key ? (float*)Data(key) : null,
            NormEpsilon = weights.NormEpsilon,
            Keys = Data(cache.Keys),
            Values = Data(cache.Values),
        };
        CountParts(rows.Rows, (long)rows.Rows * rows.Columns * 4);
        _pool.Run(_parts, _rotationPart);
        if (!_batch.CopiedFrom.IsEmpty) Layout(weights).Copy(cache, CacheType.ElementSize(), _batch.CopiedFrom, _batch.CopiedTo);
    }

    public void Attend(RowBuffer qkv, AttentionWeights weights, LayerCache cache, RowBuffer output)
    {
        NativeRows queries = Rows(qkv), attended = Rows(output);
        attended.Resize(queries.Rows);
        _attention = new AttentionBatch
        {
            Queries = queries.Data,
            QueryStride = queries.Stride,
            Keys = Data(cache.Keys),
            Values = Data(cache.Values),
            Output = attended.Data,
            OutputStride = attended.Stride,
            Layout = Layout(weights),
            Group = weights.Heads / weights.KeyValueHeads,
            Window = weights.SlidingWindow,
        };
        _plan.Divide(_attention.Group);
        CountParts(_plan.Tiles.Length * weights.KeyValueHeads, AttentionWork * _plan.Work * attended.Columns);
        ReserveScratch();
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

    public void CopyToHost(RowBuffer input, Span<float> destination)
    {
        NativeRows from = Rows(input);
        for (int i = 0; i < from.Rows; i++)
            new ReadOnlySpan<float>(from.Row(i), from.Columns).CopyTo(destination[(i * from.Columns)..]);
    }

    public void Scatter(RowBuffer input, ReadOnlySpan<int> rows, RowBuffer output)
    {
        NativeRows from = Rows(input), to = Rows(output);
        for (int i = 0; i < rows.Length; i++)
            new ReadOnlySpan<float>(from.Row(i), from.Columns).CopyTo(new Span<float>(to.Row(rows[i]), to.Columns));
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
        foreach (AttentionScratch scratch in _scratch) scratch.Dispose();
        _weights.Clear();
        _memory.Dispose();
        _plan.Dispose();
        _rounded.Dispose();
        _logits.Dispose();
    }

    private static NativeRows Rows(RowBuffer buffer) => (NativeRows)buffer;

    private CacheLayout Layout(AttentionWeights weights) => new(weights.KeyValueHeads, weights.HeadDim, _batch.BlockSize);

    private void Linear(RowBuffer input, LinearWeight weight, RowBuffer output, bool adds)
    {
        NativeRows from = Rows(input), to = Rows(output);
        if (_weights[weight] is Int8Weight int8)
        {
            Linear(from, int8, to, adds);
            return;
        }

        var packed = (PackedWeight)_weights[weight];
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
        CountPanelParts(packed.Panels, (long)from.Rows * weight.Inputs * weight.Outputs);
        _pool.Run(_parts, _linearPart);
    }

    private void Linear(NativeRows from, Int8Weight weight, NativeRows to, bool adds)
    {
        _unrounded = from;
        _rounded.Resize(from.Rows, from.Columns);
        CountParts(from.Rows, (long)from.Rows * from.Columns * 2);
        _pool.Run(_parts, _roundingPart);
        _int8 = new Int8Kernel.Arguments
        {
            Words = _rounded.Words,
            Scales = _rounded.Scales,
            Rows = from.Rows,
            Weight = weight,
            Output = to.Data,
            OutputStride = to.Stride,
            Adds = adds,
        };
        CountPanelParts(weight.Panels, (long)from.Rows * weight.Inputs * weight.Outputs);
        _pool.Run(_parts, _int8Part);
    }

    /// <summary>Divides an operation: enough parts to keep all threads busy, none too small to be worth handing over.</summary>
    private void CountParts(int items, long work)
    {
        _items = items;
        _parts = _pool.Threads == 1 ? 1 : (int)Math.Clamp(work / MinimumWorkPerPart, 1, Math.Min(items, PartsPerThread * _pool.Threads));
    }

    /// <summary>
    /// Divides a product into a long run of panels for each thread, since every new run begins where the processor fetches nothing ahead, and
    /// then short ones for whoever is done first.
    /// </summary>
    private void CountPanelParts(int panels, long work)
    {
        CountParts(panels, work);
        if (_parts == 1) return;
        _longItems = (int)(LongShare * panels / _pool.Threads);
        int rest = panels - _longItems * _pool.Threads;
        _parts = _pool.Threads + Math.Min(rest, (PartsPerThread - 1) * _pool.Threads);
    }

    private (int From, int To) PanelPart(int part)
    {
        if (_parts == 1) return (0, _items);
        int threads = _pool.Threads, first = threads * _longItems;
        if (part < threads) return (part * _longItems, (part + 1) * _longItems);
        (int from, int to) = Share(_items - first, _parts - threads, part - threads);
        return (first + from, first + to);
    }

    private (int From, int To) Part(int part) => Share(_items, _parts, part);

    private static (int From, int To) Share(int items, int parts, int part) =>
        ((int)((long)items * part / parts), (int)((long)items * (part + 1) / parts));

    private void ReserveScratch()
    {
        for (int part = 0; part < _parts; part++) _scratch[part].Reserve(_attention.Layout.HeadDim);
    }

    private void LinearPart(int part)
    {
        (int from, int to) = PanelPart(part);
        if (_linear.Weight.Type == torch.ScalarType.Float32) LinearKernel.Run<TLanes, Float32Weights>(_linear, from, to);
        else if (_linear.Weight.Type == torch.ScalarType.BFloat16) LinearKernel.Run<TLanes, BFloat16Weights>(_linear, from, to);
        else LinearKernel.Run<TLanes, Float16Weights>(_linear, from, to);
    }

    private void Int8Part(int part)
    {
        (int from, int to) = PanelPart(part);
        Int8Kernel.Run<TLanes>(_int8, from, to);
    }

    private void RoundingPart(int part)
    {
        (int from, int to) = Part(part);
        for (int row = from; row < to; row++) _rounded.Fill<TLanes>(row, _unrounded.Row(row), _unrounded.Columns);
    }

    private void RotationPart(int part)
    {
        (int from, int to) = Part(part);
        for (int row = from; row < to; row++)
        {
            if (CacheType == torch.ScalarType.Float32) RotationKernel.Run<TLanes, Float32Cache>(_rotation, row, _batch.Positions[row], _batch.Slots[row]);
            else if (CacheType == torch.ScalarType.BFloat16) RotationKernel.Run<TLanes, BFloat16Cache>(_rotation, row, _batch.Positions[row], _batch.Slots[row]);
            else RotationKernel.Run<TLanes, Float16Cache>(_rotation, row, _batch.Positions[row], _batch.Slots[row]);
        }
    }

    private void AttentionPart(int part)
    {
        if (CacheType == torch.ScalarType.Float32) AttentionPart<Float32Cache>(part);
        else if (CacheType == torch.ScalarType.BFloat16) AttentionPart<BFloat16Cache>(part);
        else AttentionPart<Float16Cache>(part);
    }

    /// <summary>Values are read in pairs of registers of dimensions: for narrow heads in pairs of narrower ones.</summary>
    private void AttentionPart<TFormat>(int part)
        where TFormat : ICacheFormat
    {
        (int from, int to) = Part(part);
        int heads = _attention.Layout.Heads, dim = _attention.Layout.HeadDim;
        for (int i = from; i < to; i++)
        {
            AttentionItem item = _plan.Item(i / heads, i % heads);
            if (dim >= 2 * TLanes.Width) AttentionKernel.Run<TLanes, TLanes, TFormat>(_attention, item, _scratch[part]);
            else if (dim > 8 && Lanes256.IsSupported) AttentionKernel.Run<TLanes, Lanes256, TFormat>(_attention, item, _scratch[part]);
            else AttentionKernel.Run<TLanes, Lanes128, TFormat>(_attention, item, _scratch[part]);
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
            LargePages.Advise((byte*)data, (nint)(tensor.numel() * tensor.element_size())); // a cache, before its first block is written
            _data.Add(tensor, data);
        }

        return (byte*)data;
    }
}
