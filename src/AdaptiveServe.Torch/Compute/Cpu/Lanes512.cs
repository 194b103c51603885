using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>16 floats, for processors with AVX-512.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private readonly Vector512<float> _value = value;

    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    public static int Width => 16;

    public static int TileRows => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadBFloat16(uint* source, out Lanes512 lower, out Lanes512 upper)
    {
        Vector512<uint> both = Vector512.Load(source);
        lower = new((both << 16).AsSingle());
        upper = new((both & Vector512.Create(WeightFormats.UpperHalf)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadFloat16(uint* source, out Lanes512 lower, out Lanes512 upper)
    {
        Vector512<int> both = Vector512.Load((int*)source), mask = Vector512.Create(WeightFormats.Float16Mask);
        Vector512<float> scale = Vector512.Create(WeightFormats.Float16Scale);
        lower = new((((both << 16) >> 3) & mask).AsSingle() * scale);
        upper = new(((both >> 3) & mask).AsSingle() * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WidenBFloat16(ushort* source) => new((Avx512F.ConvertToVector512Int32(Vector256.Load(source)) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 WidenFloat16(ushort* source)
    {
        Vector512<int> upper = Avx512F.ConvertToVector512Int32(Vector256.Load(source)) << 16;
        return new((upper >> 3 & Vector512.Create(WeightFormats.Float16Mask)).AsSingle() * Vector512.Create(WeightFormats.Float16Scale));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadInt8(int* source, out Lanes512 even, out Lanes512 odd)
    {
        Vector512<short> both = Vector512.Load(source).AsInt16();
        even = new(((both << 8) >> 8).AsSingle());
        odd = new((both >> 8).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 PackWords(Lanes512 low, Lanes512 high) =>
        new(((low._value.AsInt32() & Vector512.Create(0xFFFF)) | (high._value.AsInt32() << 16)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 BroadcastWord(int value) => new(Vector512.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddProducts(Lanes512 left, Lanes512 right, Lanes512 sum) =>
        new((sum._value.AsInt32() + Avx512BW.MultiplyAddAdjacent(left._value.AsInt16(), right._value.AsInt16())).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ToSingle(Lanes512 integers) => new(Vector512.ConvertToSingle(integers._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 BroadcastAt(float* source) => new(Vector512.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 value, float* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Add(Lanes512 left, Lanes512 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Subtract(Lanes512 left, Lanes512 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Multiply(Lanes512 left, Lanes512 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Divide(Lanes512 left, Lanes512 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new(Vector512.MinNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Vector512.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 addend) =>
        new(Vector512.FusedMultiplyAdd(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ScaleByPower(Lanes512 value, Lanes512 power) =>
        new((value._value.AsInt32() + (power._value.AsInt32() << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ZeroBelow(Lanes512 value, Lanes512 x, Lanes512 limit) =>
        new(Vector512.AndNot(value._value, Vector512.LessThan(x._value, limit._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fold(Lanes512 value)
    {
        Vector256<float> half = value._value.GetLower() + value._value.GetUpper();
        return half.GetLower() + half.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FoldMax(Lanes512 value)
    {
        Vector256<float> half = Vector256.MaxNative(value._value.GetLower(), value._value.GetUpper());
        return Vector128.MaxNative(half.GetLower(), half.GetUpper());
    }
}
