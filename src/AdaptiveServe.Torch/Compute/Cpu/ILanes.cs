using System.Runtime.Intrinsics;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>A SIMD register of floats: a kernel is written once over this and compiled for each width.</summary>
internal unsafe interface ILanes<T>
    where T : struct, ILanes<T>
{
    /// <summary>Floats in a register.</summary>
    static abstract int Width { get; }

    static abstract T Load(float* source);

    /// <summary>Loads and widens bfloat16 values.</summary>
    static abstract T LoadBFloat16(ushort* source);

    /// <summary>Loads and widens finite float16 values.</summary>
    static abstract T LoadFloat16(ushort* source);

    static abstract T Broadcast(float value);

    static abstract void Store(T value, float* destination);

    /// <summary>left * right + addend, rounded once.</summary>
    static abstract T MultiplyAdd(T left, T right, T addend);

    /// <summary>Folds the lanes to four, halves onto halves; <see cref="LaneSums"/> adds these up.</summary>
    static abstract Vector128<float> Fold(T value);
}
