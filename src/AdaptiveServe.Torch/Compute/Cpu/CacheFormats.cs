using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

internal readonly unsafe struct Float32Cache : ICacheFormat
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* source, nint element)
        where T : struct, ILanes<T> => T.Load((float*)source + element);

    public static void Store(float value, byte* destination, nint element) => ((float*)destination)[element] = value;
}

internal readonly unsafe struct BFloat16Cache : ICacheFormat
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* source, nint element)
        where T : struct, ILanes<T> => T.WidenBFloat16((ushort*)source + element);

    /// <summary>Half of the last place is added and the rest cut off, to even between two; what is no number stays none.</summary>
    public static void Store(float value, byte* destination, nint element)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint rounded = float.IsNaN(value) ? bits | 0x400000 : bits + 0x7FFF + ((bits >> 16) & 1);
        ((ushort*)destination)[element] = (ushort)(rounded >> 16);
    }
}

internal readonly unsafe struct Float16Cache : ICacheFormat
{
    private const float Largest = 65504;

    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* source, nint element)
        where T : struct, ILanes<T> => T.WidenFloat16((ushort*)source + element);

    /// <summary>Values beyond the format's largest become that one: an infinity would make every later token not a number.</summary>
    public static void Store(float value, byte* destination, nint element) =>
        ((Half*)destination)[element] = (Half)Math.Clamp(value, -Largest, Largest);
}
