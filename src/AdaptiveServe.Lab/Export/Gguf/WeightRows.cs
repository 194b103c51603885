using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>A weight of a checkpoint: float32, float16 or bfloat16, all of which float32 holds exactly.</summary>
internal sealed class WeightRows(Checkpoint checkpoint, string name, long count, int length) : ITensorRows
{
    public long Count => count;

    public int Length => length;

    public void Read(long first, Span<float> destination)
    {
        string dtype = checkpoint.Describe(name).Dtype;
        long offset = first * length * SafetensorsDtype.Size(dtype)!.Value;
        if (dtype == "F32") checkpoint.CopyTo(name, offset, MemoryMarshal.AsBytes(destination));
        else ReadHalves(offset, destination, isBrain: dtype == "BF16");
    }

    private void ReadHalves(long offset, Span<float> destination, bool isBrain)
    {
        ushort[] rented = ArrayPool<ushort>.Shared.Rent(destination.Length);
        Span<ushort> halves = rented.AsSpan(0, destination.Length);
        checkpoint.CopyTo(name, offset, MemoryMarshal.AsBytes(halves));
        if (isBrain) Widen(halves, destination);
        else TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<ushort, Half>(halves), destination);
        ArrayPool<ushort>.Shared.Return(rented);
    }

    /// <summary>A bfloat16 number is the upper half of a float32.</summary>
    private static void Widen(ReadOnlySpan<ushort> halves, Span<float> destination)
    {
        for (int i = 0; i < halves.Length; i++) destination[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
    }
}
