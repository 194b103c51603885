using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>4 floats, for every other processor: the portable vectors, which on ARM are AdvSimd.</summary>
internal readonly unsafe struct Lanes128(Vector128<float> value) : ILanes<Lanes128>
{
    private readonly Vector128<float> _value = value;

    public static bool IsSupported => true;

    public static int Width => 4;

    public static int TileRows => AdvSimd.IsSupported ? 4 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadBFloat16(uint* source, out Lanes128 lower, out Lanes128 upper)
    {
        Vector128<uint> both = Vector128.Load(source);
        lower = new((both << 16).AsSingle());
        upper = new((both & Vector128.Create(WeightFormats.UpperHalf)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadFloat16(uint* source, out Lanes128 lower, out Lanes128 upper)
    {
        Vector128<int> both = Vector128.Load((int*)source), mask = Vector128.Create(WeightFormats.Float16Mask);
        Vector128<float> scale = Vector128.Create(WeightFormats.Float16Scale);
        lower = new((((both << 16) >> 3) & mask).AsSingle() * scale);
        upper = new(((both >> 3) & mask).AsSingle() * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WidenBFloat16(ushort* source) => new((Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()).AsInt32() << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 WidenFloat16(ushort* source)
    {
        Vector128<int> upper = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsUInt16()).AsInt32() << 16;
        return new((upper >> 3 & Vector128.Create(WeightFormats.Float16Mask)).AsSingle() * Vector128.Create(WeightFormats.Float16Scale));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadInt8(int* source, out Lanes128 even, out Lanes128 odd)
    {
        Vector128<short> both = Vector128.Load(source).AsInt16();
        even = new(((both << 8) >> 8).AsSingle());
        odd = new((both >> 8).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 PackWords(Lanes128 low, Lanes128 high) =>
        new(((low._value.AsInt32() & Vector128.Create(0xFFFF)) | (high._value.AsInt32() << 16)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 BroadcastWord(int value) => new(Vector128.Create(value).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddProducts(Lanes128 left, Lanes128 right, Lanes128 sum)
    {
        Vector128<int> a = left._value.AsInt32(), b = right._value.AsInt32();
        Vector128<int> products = Sse2.IsSupported
            ? Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16())
            : ((a << 16) >> 16) * ((b << 16) >> 16) + (a >> 16) * (b >> 16);
        return new((sum._value.AsInt32() + products).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ToSingle(Lanes128 integers) => new(Vector128.ConvertToSingle(integers._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 BroadcastAt(float* source) => new(Vector128.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 value, float* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Add(Lanes128 left, Lanes128 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Subtract(Lanes128 left, Lanes128 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Multiply(Lanes128 left, Lanes128 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Divide(Lanes128 left, Lanes128 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 left, Lanes128 right) => new(Vector128.MinNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) => new(Vector128.MaxNative(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 left, Lanes128 right, Lanes128 addend) =>
        new(Vector128.FusedMultiplyAdd(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ScaleByPower(Lanes128 value, Lanes128 power) =>
        new((value._value.AsInt32() + (power._value.AsInt32() << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ZeroBelow(Lanes128 value, Lanes128 x, Lanes128 limit) =>
        new(Vector128.AndNot(value._value, Vector128.LessThan(x._value, limit._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fold(Lanes128 value) => value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FoldMax(Lanes128 value) => value._value;
}
