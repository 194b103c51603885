using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>Integers on their way to a device: written into one memory, which is page-locked for CUDA, so that no copy waits for the device.</summary>
/// <remarks>What was written stays until <see cref="Reclaim"/>: a copy reads it at some later time.</remarks>
internal sealed class HostStaging(Device device) : IDisposable
{
    private const int FirstCapacity = 4096;

    private Tensor? _memory;
    private int _used, _reserved;

    /// <summary>How many copies were begun.</summary>
    public int Uploads { get; private set; }

    /// <summary>Room for the next copy's integers, to be filled at once.</summary>
    public Span<long> Reserve(int count)
    {
        if (_memory is null || _used + count > _memory.numel()) Grow(count);
        _reserved = count;
        return MemoryMarshal.Cast<byte, long>(_memory!.bytes).Slice(_used, count);
    }

    /// <summary>Copies what was reserved last to <paramref name="target"/>: [count], int64, on the device.</summary>
    public void CopyTo(Tensor target)
    {
        using Tensor part = _memory!.narrow(0, _used, _reserved);
        target.copy_(part, nonBlocking: true);
        (_used, _reserved) = (_used + _reserved, 0);
        Uploads++;
    }

    /// <summary>[count], int64, on the device. It belongs to the dispose scope of this thread.</summary>
    public Tensor Upload(int count)
    {
        Tensor target = empty(count, ScalarType.Int64, device);
        CopyTo(target);
        return target;
    }

    public Tensor Upload(ReadOnlySpan<int> values)
    {
        Span<long> room = Reserve(values.Length);
        for (int i = 0; i < room.Length; i++) room[i] = values[i];
        return Upload(values.Length);
    }

    /// <summary>Everything may be overwritten: the caller has waited for the device since the last copy.</summary>
    public void Reclaim() => _used = 0;

    public void Dispose() => _memory?.Dispose();

    private void Grow(int count)
    {
        bool isCuda = device.type == TorchSharp.DeviceType.CUDA;
        if (isCuda && _used > 0) cuda.synchronize(device); // forwards without a result did not wait for their copies
        _used = 0;
        if (count <= _memory?.numel()) return;
        long capacity = Math.Max(count, Math.Max(FirstCapacity, 2 * (_memory?.numel() ?? 0)));
        _memory?.Dispose();
        using var scope = NewDisposeScope();
        Tensor memory = empty(capacity, ScalarType.Int64);
        _memory = (isCuda ? memory.pin_memory() : memory).DetachFromDisposeScope();
    }
}
