using System.Runtime.InteropServices;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>A matrix of float32, bfloat16 or float16 in panels; in a panel the weights of each input lie side by side.</summary>
/// <remarks>
/// A last panel that is not full is filled up with zeros. Two-byte weights of an output in the panel's first half and of its counterpart in
/// the second share a word: one load, a shift and a mask widen both.
/// </remarks>
internal sealed unsafe class PackedWeight : PanelWeight
{
    private readonly byte* _panels;
    private readonly int _size;
    private readonly nint _panelBytes;

    /// <param name="weight">Only read; its tensor may be freed afterwards.</param>
    /// <param name="panelOutputs">Outputs of a panel.</param>
    /// <param name="memory">Where the panels lie.</param>
    public PackedWeight(LinearWeight weight, int panelOutputs, WeightMemory memory)
        : base(weight, panelOutputs, memory)
    {
        Type = weight.Weight.dtype;
        _size = (int)Type.ElementSize();
        _panelBytes = (nint)Inputs * PanelOutputs * _size;
        _panels = memory.Take(Panels * _panelBytes);
        if (!memory.IsFilled) Pack(TensorMemory.Pointer(weight.Weight));
    }

    public torch.ScalarType Type { get; }

    /// <summary>[inputs, PanelOutputs] weights.</summary>
    public override byte* Panel(int index) => _panels + index * _panelBytes;

    public override void CopyRow(int output, float* target)
    {
        byte* panel = Panel(output / PanelOutputs);
        nint element = Element(output % PanelOutputs);
        for (nint i = 0; i < Inputs; i++, element += PanelOutputs) target[i] = Widen(Type, panel, element);
    }

    /// <summary>Where in the weights of an input an output's lies.</summary>
    private int Element(int output) => _size == sizeof(float) ? output : 2 * (output % (PanelOutputs / 2)) + output / (PanelOutputs / 2);

    private void Pack(byte* rows)
    {
        NativeMemory.Clear(Panel(Panels - 1), (nuint)_panelBytes);
        for (int output = 0; output < Outputs; output++)
        {
            byte* panel = Panel(output / PanelOutputs);
            nint from = (nint)output * Inputs, to = Element(output % PanelOutputs);
            for (nint i = 0; i < Inputs; i++, to += PanelOutputs)
            {
                if (_size == sizeof(float)) ((float*)panel)[to] = ((float*)rows)[from + i];
                else ((ushort*)panel)[to] = ((ushort*)rows)[from + i];
            }
        }
    }
}
