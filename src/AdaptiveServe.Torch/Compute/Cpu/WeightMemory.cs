using System.Runtime.InteropServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>The memory that a model's weights lie in, one after the other, on large pages where the system gives such.</summary>
/// <remarks>
/// A few large pieces, since most weights of a small model are smaller than a large page. What is left over of a piece is never touched, and
/// so takes no memory.
/// </remarks>
internal sealed unsafe class WeightMemory : IDisposable
{
    private const nint PieceBytes = 64 << 20;

    private readonly List<nint> _pieces = [];
    private byte* _free;
    private nint _left;

    /// <summary>Memory from the beginning of a cache line on, until this object is disposed; what it holds is anything.</summary>
    public byte* Take(nint bytes)
    {
        bytes = RoundUp(bytes, (nint)NativeRows.Alignment);
        if (bytes > _left)
        {
            _left = RoundUp(Math.Max(bytes, PieceBytes), LargePages.Size);
            _free = (byte*)NativeMemory.AlignedAlloc((nuint)_left, (nuint)LargePages.Size);
            _pieces.Add((nint)_free);
            LargePages.Advise(_free, _left);
        }

        byte* taken = _free;
        _free += bytes;
        _left -= bytes;
        return taken;
    }

    public void Dispose()
    {
        foreach (nint piece in _pieces) NativeMemory.AlignedFree((void*)piece);
        _pieces.Clear();
        _left = 0;
    }

    private static nint RoundUp(nint bytes, nint unit) => (bytes + unit - 1) & -unit;
}
