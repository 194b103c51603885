using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>8 floats, for processors with AVX2 and FMA.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    private readonly Vector256<float> _value = value;

    public static bool IsSupported => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    public static int Width => 8;

    public static int TileRows => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadBFloat16(uint* source, out Lanes256 lower, out Lanes256 upper)
    {
        Vector256<uint> both = Vector256.Load(source);
        lower = new((both << 16).AsSingle());
        upper = new((both & Vector256.Create(WeightFormats.UpperHalf)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadFloat16(uint* source, out Lanes256 lower, out Lanes256 upper)
    {
        Vector256<int> both = Vector256.Load((int*)source), mask = Vector256.Create(WeightFormats.Float16Mask);
        Vector256<float> scale = Vector256.Create(WeightFormats.Float16Scale);
        lower = new((((both << 16) >> 3) & mask).AsSingle() * scale);
        upper = new(((both >> 3) & mask).AsSingle() * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WidenBFloat16(ushort* source) => new((Avx2.ConvertToVector256Int32(source) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 WidenFloat16(ushort* source)
    {
        Vector256<int> upper = Avx2.ConvertToVector256Int32(source) << 16;
        return new((upper >> 3 & Vector256.Create(WeightFormats.Float16Mask)).AsSingle() * Vector256.Create(WeightFormats.Float16Scale));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadInt8(int* source, out Lanes256 even, out Lanes256 odd)
    {
        Vector256<short> both = Vector256.Load(source).AsInt16();
        even = new(((both << 8) >> 8).AsSingle());
        odd = new((both >> 8).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 PackWords(Lanes256 low, Lanes256 high) =>
        new(((low._value.AsInt32() & Vector256.Create(0xFFFF)) | (high._value.AsInt32() << 16)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 BroadcastWord(int value) => new(Vector256.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddProducts(Lanes256 left, Lanes256 right, Lanes256 sum) =>
        new((sum._value.AsInt32() + Avx2.MultiplyAddAdjacent(left._value.AsInt16(), right._value.AsInt16())).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ToSingle(Lanes256 integers) => new(Vector256.ConvertToSingle(integers._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 BroadcastAt(float* source) => new(Vector256.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 value, float* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Add(Lanes256 left, Lanes256 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Subtract(Lanes256 left, Lanes256 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Multiply(Lanes256 left, Lanes256 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Divide(Lanes256 left, Lanes256 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 left, Lanes256 right) => new(Vector256.MinNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Vector256.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 addend) =>
        new(Vector256.FusedMultiplyAdd(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ScaleByPower(Lanes256 value, Lanes256 power) =>
        new((value._value.AsInt32() + (power._value.AsInt32() << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ZeroBelow(Lanes256 value, Lanes256 x, Lanes256 limit) =>
        new(Vector256.AndNot(value._value, Vector256.LessThan(x._value, limit._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fold(Lanes256 value) => value._value.GetLower() + value._value.GetUpper();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FoldMax(Lanes256 value) => Vector128.MaxNative(value._value.GetLower(), value._value.GetUpper());
}
