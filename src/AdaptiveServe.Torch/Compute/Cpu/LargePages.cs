using System.Runtime.InteropServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Asks Linux to back memory with pages of 2 MiB instead of 4 KiB, where it is set to do so when asked.</summary>
/// <remarks>
/// Attention reads short pieces all over the cache, and products stream through all weights; a walk through the page tables for each page
/// takes as long as much of its reading, above all in a virtual machine, where each step of the walk is a walk. It is a wish: nothing depends
/// on its being granted.
/// </remarks>
internal static unsafe partial class LargePages
{
    public const nint Size = 2 << 20;

    private const int HugePage = 14; // MADV_HUGEPAGE

    /// <summary>For memory that was not written yet: what was stays as it is.</summary>
    public static void Advise(byte* address, nint bytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        nint from = ((nint)address + Size - 1) & -Size, to = ((nint)address + bytes) & -Size;
        if (from < to) _ = Advise((void*)from, (nuint)(to - from), HugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
