using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>How weights lie in memory; kernels widen them to float32, which is exact, as they read them.</summary>
internal unsafe interface IWeightFormat
{
    /// <summary>Bytes of a weight.</summary>
    static abstract int Size { get; }

    static abstract T Load<T>(byte* row, nint index)
        where T : struct, ILanes<T>;

    static abstract float LoadOne(byte* row, nint index);
}

internal readonly unsafe struct Float32Weights : IWeightFormat
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* row, nint index)
        where T : struct, ILanes<T> => T.Load((float*)row + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(byte* row, nint index) => ((float*)row)[index];
}

internal readonly unsafe struct BFloat16Weights : IWeightFormat
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* row, nint index)
        where T : struct, ILanes<T> => T.LoadBFloat16((ushort*)row + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(byte* row, nint index) => BitConverter.UInt32BitsToSingle((uint)((ushort*)row)[index] << 16);
}

internal readonly unsafe struct Float16Weights : IWeightFormat
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* row, nint index)
        where T : struct, ILanes<T> => T.LoadFloat16((ushort*)row + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(byte* row, nint index) => (float)((Half*)row)[index];
}

internal static class WeightFormats
{
    /// <summary>
    /// 2^112: a float16's exponent and fraction, shifted into a float32, are too small by this; the product is exact, subnormals included.
    /// </summary>
    public const float Float16Scale = 5.192296858534828e33f;
}
