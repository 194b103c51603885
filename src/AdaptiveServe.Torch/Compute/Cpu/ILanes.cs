using System.Runtime.Intrinsics;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>A SIMD register of floats: a kernel is written once over this and compiled for each width.</summary>
internal unsafe interface ILanes<T>
    where T : struct, ILanes<T>
{
    /// <summary>Whether this processor has registers of that width.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Floats in a register.</summary>
    static abstract int Width { get; }

    /// <summary>How many rows' sums, four registers each, fit into the processor's registers beside weights and an input; 6 at most.</summary>
    static abstract int TileRows { get; }

    static abstract T Load(float* source);

    /// <summary>Widens bfloat16 values: those in the lower and those in the upper halves of the words at <paramref name="source"/>.</summary>
    static abstract void LoadBFloat16(uint* source, out T lower, out T upper);

    /// <summary>Widens finite float16 values likewise.</summary>
    static abstract void LoadFloat16(uint* source, out T lower, out T upper);

    /// <summary>Widens a register's bfloat16 values.</summary>
    static abstract T WidenBFloat16(ushort* source);

    /// <summary>Widens a register's finite float16 values.</summary>
    static abstract T WidenFloat16(ushort* source);

    /// <summary>Words of four int8 to pairs of int16: of the bytes 0 and 2, and of the bytes 1 and 3.</summary>
    static abstract void LoadInt8(int* source, out T even, out T odd);

    /// <summary>Makes pairs of int16 of the lowest halves of both registers' words.</summary>
    static abstract T PackWords(T low, T high);

    static abstract T BroadcastWord(int value);

    /// <summary>sum + the products of two pairs of int16, in integers of 32 bits.</summary>
    static abstract T AddProducts(T left, T right, T sum);

    /// <summary>Integers of 32 bits to floats.</summary>
    static abstract T ToSingle(T integers);

    static abstract T Broadcast(float value);

    /// <summary>Broadcasts a number from memory, which a load does on the way.</summary>
    static abstract T BroadcastAt(float* source);

    static abstract void Store(T value, float* destination);

    static abstract T Add(T left, T right);

    static abstract T Subtract(T left, T right);

    static abstract T Multiply(T left, T right);

    static abstract T Divide(T left, T right);

    /// <summary>The smaller ones; not a number may get lost.</summary>
    static abstract T Min(T left, T right);

    /// <summary>The larger ones; not a number may get lost.</summary>
    static abstract T Max(T left, T right);

    /// <summary>left * right + addend, rounded once.</summary>
    static abstract T MultiplyAdd(T left, T right, T addend);

    /// <summary>value * 2^n, where n is the integer in the lowest bits of <paramref name="power"/>.</summary>
    static abstract T ScaleByPower(T value, T power);

    /// <summary>0 where <paramref name="x"/> is less than <paramref name="limit"/>, and value elsewhere.</summary>
    static abstract T ZeroBelow(T value, T x, T limit);

    /// <summary>Folds the lanes to four, halves onto halves; <see cref="LaneSums"/> adds these up.</summary>
    static abstract Vector128<float> Fold(T value);

    /// <summary>The largest of the lanes that <see cref="Fold"/> would add up; not a number may get lost.</summary>
    static abstract Vector128<float> FoldMax(T value);
}
