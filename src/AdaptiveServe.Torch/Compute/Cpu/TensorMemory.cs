using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.Cpu;

internal static unsafe class TensorMemory
{
    /// <summary>Where a contiguous tensor on the CPU lies. Spans end at 2 GiB, so only its first element is asked for.</summary>
    public static byte* Pointer(torch.Tensor tensor)
    {
        using torch.Tensor first = tensor.narrow(0, 0, 1);
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
