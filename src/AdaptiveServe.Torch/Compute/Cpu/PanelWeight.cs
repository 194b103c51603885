using System.Runtime.InteropServices;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>
/// A matrix rearranged for the CPU: panels of as many outputs as four registers hold, so that a kernel reads memory in one direction and
/// sums each output in a lane of its own.
/// </summary>
/// <param name="weight">The matrix.</param>
/// <param name="panelOutputs">Outputs of a panel.</param>
/// <param name="memory">Where the panels lie, and for how long.</param>
internal abstract unsafe class PanelWeight(LinearWeight weight, int panelOutputs, WeightMemory memory)
{
    /// <summary>Panels of the widest registers.</summary>
    public const int MaxPanelOutputs = 64;

    public int Outputs { get; } = weight.Outputs;

    public int Inputs { get; } = weight.Inputs;

    public int Panels { get; } = (weight.Outputs + panelOutputs - 1) / panelOutputs;

    public int PanelOutputs { get; } = panelOutputs;

    /// <summary>One for each output of every panel, or null.</summary>
    public float* Bias { get; } = weight.Bias is { } bias ? Pad(bias, weight.Outputs, panelOutputs, memory) : null;

    /// <summary>Where a panel begins.</summary>
    public abstract byte* Panel(int index);

    /// <summary>Widens the weights of one output.</summary>
    public abstract void CopyRow(int output, float* target);

    /// <summary>An element of a matrix of two- or four-byte numbers.</summary>
    protected static float Widen(torch.ScalarType type, byte* elements, nint index) => type switch
    {
        torch.ScalarType.Float32 => ((float*)elements)[index],
        torch.ScalarType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)((ushort*)elements)[index] << 16),
        _ => (float)((Half*)elements)[index],
    };

    private static float* Pad(torch.Tensor bias, int outputs, int panelOutputs, WeightMemory memory)
    {
        int length = (outputs + panelOutputs - 1) / panelOutputs * panelOutputs * sizeof(float);
        float* padded = (float*)memory.Take(length);
        if (memory.IsFilled) return padded;
        NativeMemory.Clear(padded, (nuint)length);
        NativeMemory.Copy(TensorMemory.Pointer(bias), padded, (nuint)(outputs * sizeof(float)));
        return padded;
    }
}
