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

    /// <summary>The sum of all lanes, in an order that depends on the width only.</summary>
    static abstract float Sum(T value);
}
