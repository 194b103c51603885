using System.Runtime.InteropServices;
using AdaptiveServe.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Loading;

/// <summary>Copies the weights of a checkpoint into tensors, converts their type, and remembers which ones were asked for.</summary>
/// <remarks>
/// Weights are float32, float16 or bfloat16 on both sides; narrowing rounds to nearest, ties to even. A weight whose type stays is read
/// straight into its tensor, any other passes through one small buffer, so that loading needs hardly more memory than the weights as
/// held. One thread at a time. Disposing frees the buffer; the checkpoint stays the caller's to dispose.
/// </remarks>
public sealed class WeightReader : IDisposable
{
    private const int ChunkBytes = 4 << 20;

    private readonly Checkpoint _checkpoint;
    private readonly LoraAdapter? _adapter;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private Tensor? _buffer; // kept, because freeing and allocating it for each weight leaves holes in the heap

    public WeightReader(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        NativeTorch.Load();
        _checkpoint = checkpoint;
    }

    /// <summary>Merges what an adapter says into the weights: summed in float32, and rounded once, to the type that they are read as.</summary>
    /// <param name="checkpoint">The base model's.</param>
    /// <param name="adapter">Stays the caller's to dispose; null for none.</param>
    internal WeightReader(Checkpoint checkpoint, LoraAdapter? adapter)
        : this(checkpoint) => _adapter = adapter;

    public bool Contains(string name) => _checkpoint.Contains(name);

    /// <summary>Checks that a weight is there, with this shape and a readable type: to be asked before memory is reserved for it.</summary>
    /// <exception cref="ModelLoadException">It is missing, or has another shape or an unsupported type.</exception>
    public void Require(string name, ReadOnlySpan<long> shape) => WeightRules.Require(_checkpoint, name, shape);

    /// <summary>A new tensor with a weight. The caller, or the dispose scope of this thread, owns it.</summary>
    /// <exception cref="ModelLoadException">The weight is missing, unreadable, of another shape or type, or memory is short.</exception>
    public Tensor Read(string name, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Require(name, shape);
        Tensor target = Allocate(name, shape, dtype, device);
        try
        {
            ReadInto(name, shape, target);
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>Fills a tensor of the weight's shape, which may be a view of a larger one (rows of a fused projection).</summary>
    /// <exception cref="ModelLoadException">The weight is missing, unreadable, or of another shape or type.</exception>
    /// <exception cref="ArgumentException">The target has another shape than <paramref name="shape"/>, or is no float tensor.</exception>
    public void ReadInto(string name, ReadOnlySpan<long> shape, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!target.shape.AsSpan().SequenceEqual(shape))
        {
            throw new ArgumentException($"The target for {name} has another shape.", nameof(target));
        }
        if (target.dtype is not (ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16))
        {
            throw new ArgumentException($"The target for {name} is {target.dtype}, not a float type.", nameof(target));
        }

        Require(name, shape);
        ScalarType stored = SafetensorsDtype.ToWeightType(_checkpoint.Describe(name).Dtype)!.Value;
        using IDisposable noGradients = no_grad(); // the target may be a parameter in training
        try
        {
            if (target.numel() > 0) CopyRows(name, stored, target, _adapter?.Find(name));
        }
        catch (Exception e) when (IsDeviceFailure(e))
        {
            throw Refuse(name, $"cannot be copied to {target.device}: {FirstLine(e)}", e);
        }
        _read.Add(name);
    }

    /// <summary>Checks that no weight was left over, which would mean that the model is another one than its configuration says.</summary>
    /// <param name="embeddingsAreTied">Whether the output projection is the embedding, so that a stored copy of it may be ignored.</param>
    /// <exception cref="ModelLoadException">Weights were left over; it names them.</exception>
    public void EnsureAllRead(bool embeddingsAreTied) => WeightRules.EnsureNoOthers(_checkpoint, _read, embeddingsAreTied);

    public void Dispose() => _buffer?.Dispose();

    private Tensor Allocate(string name, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
    {
        try
        {
            return empty(shape, dtype, device);
        }
        catch (Exception e) when (IsDeviceFailure(e))
        {
            throw Refuse(name, $"cannot be held on {device}: {FirstLine(e)}", e);
        }
    }

    /// <summary>Copies bounded runs of rows; of a contiguous target every element is a row.</summary>
    private void CopyRows(string name, ScalarType stored, Tensor target, LowRankUpdate? update)
    {
        using Tensor rows = update is null && (target.is_contiguous() || target.dim() == 0) ? target.view(-1) : target.alias();
        long count = rows.size(0);
        long rowBytes = rows.numel() / count * stored.ElementSize();
        long rowsPerChunk = Math.Clamp(ChunkBytes / rowBytes, 1, count);
        bool isDirect = update is null && target.dtype == stored && target.device_type == DeviceType.CPU && target.is_contiguous();

        for (long row = 0; row < count; row += rowsPerChunk)
        {
            using Tensor part = rows.narrow(0, row, Math.Min(rowsPerChunk, count - row));
            if (isDirect)
            {
                _checkpoint.CopyTo(name, row * rowBytes, part.bytes);
                continue;
            }
            using Tensor buffer = Buffer(part.numel(), stored);
            _checkpoint.CopyTo(name, row * rowBytes, buffer.bytes);
            using Tensor shaped = buffer.view(part.shape);
            if (update is null)
            {
                part.copy_(shaped);
                continue;
            }

            using Tensor sum = shaped.to(ScalarType.Float32, copy: true);
            update.AddTo(MemoryMarshal.Cast<byte, float>(sum.bytes), (int)row);
            part.copy_(sum);
        }
    }

    /// <summary>The first elements of the buffer, which grows where a single row of a strided target is larger than a chunk.</summary>
    private Tensor Buffer(long elements, ScalarType type)
    {
        if (_buffer is null || _buffer.dtype != type || _buffer.numel() < elements)
        {
            _buffer?.Dispose();
            _buffer = empty(Math.Max(elements, ChunkBytes / type.ElementSize()), type, CPU).DetachFromDisposeScope();
        }
        return _buffer.narrow(0, 0, elements);
    }

    private ModelLoadException Refuse(string name, string reason, Exception inner) =>
        new(_checkpoint.FileOf(name), $"tensor {ModelLoadException.Quote(name)} {reason}", inner);

    /// <summary>What libtorch throws when memory is short, and TorchSharp when it cannot use a device.</summary>
    private static bool IsDeviceFailure(Exception e) => e is ExternalException or InvalidOperationException and not ObjectDisposedException;

    /// <summary>What libtorch says, without the addresses of its stack that follow.</summary>
    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0];
}
