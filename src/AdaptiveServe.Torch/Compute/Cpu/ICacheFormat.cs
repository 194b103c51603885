namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>How keys and values are held; kernels widen them to float32, which is exact, as they read them.</summary>
internal unsafe interface ICacheFormat
{
    /// <summary>Bytes of an element.</summary>
    static abstract int Size { get; }

    /// <summary>Loads a register of elements from <paramref name="element"/> on.</summary>
    static abstract T Load<T>(byte* source, nint element)
        where T : struct, ILanes<T>;

    /// <summary>Stores a value, rounded to nearest.</summary>
    static abstract void Store(float value, byte* destination, nint element);
}
