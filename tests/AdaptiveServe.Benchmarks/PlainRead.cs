using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AdaptiveServe.Torch.Compute.Cpu;

namespace AdaptiveServe.Benchmarks;

/// <summary>A plain read of as many bytes as a model's weights have, on large pages as they are: the floor of a step that reads each of them once.</summary>
internal sealed unsafe class PlainRead : IDisposable
{
    private readonly nint _memory, _vectors; // of each share
    private readonly int _shares;

    /// <param name="bytes">In all.</param>
    /// <param name="threads">Each reads a share.</param>
    public PlainRead(long bytes, int threads = 1)
    {
        _shares = threads;
        _vectors = (nint)(bytes / threads / sizeof(Vector512<int>) / 4 * 4);
        nint size = _shares * _vectors * sizeof(Vector512<int>);
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)size, (nuint)LargePages.Size);
        LargePages.Advise(memory, size);
        NativeMemory.Fill(memory, (nuint)size, 1); // pages that were never written are all the same one
        _memory = (nint)memory;
    }

    /// <summary>What was read, so that it is not left out.</summary>
    public int Total { get; private set; }

    public void Run()
    {
        if (_shares == 1) Total += Sum(0);
        else Parallel.For(0, _shares, share => Sum(share));
    }

    public void Dispose() => NativeMemory.AlignedFree((void*)_memory);

    private int Sum(int share)
    {
        Vector512<int>* data = (Vector512<int>*)_memory + share * _vectors;
        Vector512<int> a = default, b = default, c = default, d = default;
        for (nint i = 0; i < _vectors; i += 4)
        {
            a += data[i];
            b += data[i + 1];
            c += data[i + 2];
            d += data[i + 3];
        }

        return Vector512.Sum(a + b + c + d);
    }
}
