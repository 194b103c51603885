using System.Runtime.InteropServices;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>
/// A matrix rearranged for the CPU: panels of as many outputs as four registers hold, and in a panel the weights of each input side by
/// side, so that a kernel reads memory in one direction and sums each output in a lane of its own.
/// </summary>
/// <remarks>
/// A panel takes the memory that its rows took, so the tensor is rearranged in place; only a last panel that is not full, filled up with
/// zeros, lies elsewhere. Two-byte weights of an output in the panel's first half and of its counterpart in the second share a word: one
/// load, a shift and a mask widen both.
/// </remarks>
internal sealed unsafe class PackedWeight : IDisposable
{
    /// <summary>Panels of the widest registers.</summary>
    public const int MaxPanelOutputs = 64;

    private readonly byte* _panels;
    private readonly int _fullPanels, _size;
    private readonly nint _panelBytes;
    private byte* _last;

    /// <param name="weight">Its tensor must not be read as a matrix any more.</param>
    /// <param name="panelOutputs">Outputs of a panel.</param>
    public PackedWeight(LinearWeight weight, int panelOutputs)
    {
        PanelOutputs = panelOutputs;
        (Outputs, Inputs, Type) = (weight.Outputs, weight.Inputs, weight.Weight.dtype);
        _size = (int)Type.ElementSize();
        _panelBytes = (nint)Inputs * PanelOutputs * _size;
        _panels = TensorMemory.Pointer(weight.Weight);
        _fullPanels = Outputs / PanelOutputs;
        Panels = (Outputs + PanelOutputs - 1) / PanelOutputs;
        Pack();
        if (weight.Bias is not null) Bias = PadBias(weight.Bias);
    }

    public int Outputs { get; }

    public int Inputs { get; }

    public torch.ScalarType Type { get; }

    public int Panels { get; }

    public int PanelOutputs { get; }

    /// <summary>One for each output of every panel, or null.</summary>
    public float* Bias { get; private set; }

    /// <summary>[inputs, PanelOutputs] weights.</summary>
    public byte* Panel(int index) => index < _fullPanels ? _panels + index * _panelBytes : _last;

    /// <summary>Widens the weights of one output.</summary>
    public void CopyRow(int output, float* target)
    {
        byte* panel = Panel(output / PanelOutputs);
        nint element = Element(output % PanelOutputs);
        for (nint i = 0; i < Inputs; i++, element += PanelOutputs) target[i] = Widen(panel, element);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_last);
        NativeMemory.AlignedFree(Bias);
        _last = null;
        Bias = null;
    }

    /// <summary>Where in the weights of an input an output's lies.</summary>
    private int Element(int output) => _size == sizeof(float) ? output : 2 * (output % (PanelOutputs / 2)) + output / (PanelOutputs / 2);

    private float Widen(byte* panel, nint element) => Type switch
    {
        torch.ScalarType.Float32 => ((float*)panel)[element],
        torch.ScalarType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)((ushort*)panel)[element] << 16),
        _ => (float)((Half*)panel)[element],
    };

    private void Pack()
    {
        byte* rows = (byte*)NativeMemory.Alloc((nuint)_panelBytes);
        for (int i = 0; i < _fullPanels; i++) Pack(_panels + i * _panelBytes, PanelOutputs, rows, _panels + i * _panelBytes);
        if (_fullPanels < Panels)
        {
            _last = (byte*)NativeMemory.AlignedAlloc((nuint)_panelBytes, NativeRows.Alignment);
            Pack(_panels + _fullPanels * _panelBytes, Outputs % PanelOutputs, rows, _last);
        }

        NativeMemory.Free(rows);
    }

    /// <summary>Packs that many rows of weights, copied first since a panel may lie where they lay.</summary>
    private void Pack(byte* source, int outputs, byte* rows, byte* panel)
    {
        NativeMemory.Clear(rows, (nuint)_panelBytes);
        NativeMemory.Copy(source, rows, (nuint)((nint)outputs * Inputs * _size));
        for (int output = 0; output < PanelOutputs; output++)
        {
            nint from = (nint)output * Inputs, to = Element(output);
            for (nint i = 0; i < Inputs; i++, to += PanelOutputs)
            {
                if (_size == sizeof(float)) ((float*)panel)[to] = ((float*)rows)[from + i];
                else ((ushort*)panel)[to] = ((ushort*)rows)[from + i];
            }
        }
    }

    private float* PadBias(torch.Tensor bias)
    {
        nuint length = (nuint)(Panels * PanelOutputs * sizeof(float));
        float* padded = (float*)NativeMemory.AlignedAlloc(length, NativeRows.Alignment);
        NativeMemory.Clear(padded, length);
        NativeMemory.Copy(TensorMemory.Pointer(bias), padded, (nuint)(Outputs * sizeof(float)));
        return padded;
    }
}
