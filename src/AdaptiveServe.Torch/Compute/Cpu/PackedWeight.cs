using System.Runtime.InteropServices;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>A matrix of float32, bfloat16 or float16 in panels; in a panel the weights of each input lie side by side.</summary>
/// <remarks>
/// A panel takes the memory that its rows took, so the tensor is rearranged in place; only a last panel that is not full, filled up with
/// zeros, lies elsewhere. Two-byte weights of an output in the panel's first half and of its counterpart in the second share a word: one
/// load, a shift and a mask widen both.
/// </remarks>
internal sealed unsafe class PackedWeight : PanelWeight
{
    private readonly byte* _panels;
    private readonly int _fullPanels, _size;
    private readonly nint _panelBytes;
    private byte* _last;

    /// <param name="weight">Its tensor must not be read as a matrix any more.</param>
    /// <param name="panelOutputs">Outputs of a panel.</param>
    public PackedWeight(LinearWeight weight, int panelOutputs)
        : base(weight, panelOutputs)
    {
        Type = weight.Weight.dtype;
        _size = (int)Type.ElementSize();
        _panelBytes = (nint)Inputs * PanelOutputs * _size;
        _panels = TensorMemory.Pointer(weight.Weight);
        _fullPanels = Outputs / PanelOutputs;
        Pack();
    }

    public torch.ScalarType Type { get; }

    /// <summary>[inputs, PanelOutputs] weights.</summary>
    public override byte* Panel(int index) => index < _fullPanels ? _panels + index * _panelBytes : _last;

    public override void CopyRow(int output, float* target)
    {
        byte* panel = Panel(output / PanelOutputs);
        nint element = Element(output % PanelOutputs);
        for (nint i = 0; i < Inputs; i++, element += PanelOutputs) target[i] = Widen(Type, panel, element);
    }

    protected override void Free()
    {
        NativeMemory.AlignedFree(_last);
        _last = null;
    }

    /// <summary>Where in the weights of an input an output's lies.</summary>
    private int Element(int output) => _size == sizeof(float) ? output : 2 * (output % (PanelOutputs / 2)) + output / (PanelOutputs / 2);

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
}
