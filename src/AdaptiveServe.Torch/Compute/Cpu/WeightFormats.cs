using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>How weights lie in a <see cref="PackedWeight"/>; kernels widen them to float32, which is exact, as they read them.</summary>
internal unsafe interface IWeightFormat
{
    /// <summary>Loads the weights of one input for the four registers of outputs of a panel.</summary>
    static abstract void Load<T>(byte* panel, nint input, out T a, out T b, out T c, out T d)
        where T : struct, ILanes<T>;

    /// <summary>Asks for the weights of an input that will be loaded soon; the address may be none.</summary>
    static abstract void Prefetch<T>(byte* panel, nint input)
        where T : struct, ILanes<T>;
}

internal readonly unsafe struct Float32Weights : IWeightFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<T>(byte* panel, nint input, out T a, out T b, out T c, out T d)
        where T : struct, ILanes<T>
    {
        float* weights = (float*)panel + input * 4 * T.Width;
        a = T.Load(weights);
        b = T.Load(weights + T.Width);
        c = T.Load(weights + 2 * T.Width);
        d = T.Load(weights + 3 * T.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<T>(byte* panel, nint input)
        where T : struct, ILanes<T> => WeightFormats.Prefetch(panel + input * 4 * T.Width * sizeof(float), 4 * T.Width * sizeof(float));
}

internal readonly unsafe struct BFloat16Weights : IWeightFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<T>(byte* panel, nint input, out T a, out T b, out T c, out T d)
        where T : struct, ILanes<T>
    {
        uint* weights = (uint*)panel + input * 2 * T.Width;
        T.LoadBFloat16(weights, out a, out c);
        T.LoadBFloat16(weights + T.Width, out b, out d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<T>(byte* panel, nint input)
        where T : struct, ILanes<T> => WeightFormats.Prefetch(panel + input * 4 * T.Width * sizeof(ushort), 4 * T.Width * sizeof(ushort));
}

internal readonly unsafe struct Float16Weights : IWeightFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<T>(byte* panel, nint input, out T a, out T b, out T c, out T d)
        where T : struct, ILanes<T>
    {
        uint* weights = (uint*)panel + input * 2 * T.Width;
        T.LoadFloat16(weights, out a, out c);
        T.LoadFloat16(weights + T.Width, out b, out d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<T>(byte* panel, nint input)
        where T : struct, ILanes<T> => WeightFormats.Prefetch(panel + input * 4 * T.Width * sizeof(ushort), 4 * T.Width * sizeof(ushort));
}

internal static unsafe class WeightFormats
{
    private const int CacheLine = 64;

    public const uint UpperHalf = 0xFFFF0000;

    /// <summary>What a float16 in a word's upper half has of a float32's bits after an arithmetic shift by 3: sign, exponent, fraction.</summary>
    public const int Float16Mask = unchecked((int)0x8FFFE000);

    /// <summary>
    /// 2^112: a float16's exponent and fraction, shifted into a float32, are too small by this; the product is exact, subnormals included.
    /// </summary>
    public const float Float16Scale = 5.192296858534828e33f;

    /// <summary>Asks for some cache lines, on processors that .NET has an instruction for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* address, int bytes)
    {
        if (!Sse.IsSupported) return;
        for (int i = 0; i < bytes; i += CacheLine) Sse.Prefetch0(address + i);
    }
}
