using System.Runtime.InteropServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Native memory for any number of values, aligned like <see cref="NativeRows"/>; what it held is lost when it grows.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private nint _capacity;

    public T* Data { get; private set; }

    public void Reserve(nint count)
    {
        if (count <= _capacity) return;
        _capacity = Math.Max(count, 2 * _capacity);
        NativeMemory.AlignedFree(Data);
        Data = (T*)NativeMemory.AlignedAlloc((nuint)_capacity * (nuint)sizeof(T), NativeRows.Alignment);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Data);
        Data = null;
        _capacity = 0;
    }
}
