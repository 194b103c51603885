using System.Runtime.InteropServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>A row buffer in native memory, which grows to the largest batch it has seen.</summary>
/// <remarks>A row begins at a cache line and has room for whole panels of outputs, so that kernels may write past its last column.</remarks>
internal sealed unsafe class NativeRows(int columns) : RowBuffer(columns)
{
    public const nuint Alignment = 64; // a cache line and a 512-bit register

    private int _capacity;

    public float* Data { get; private set; }

    public int Rows { get; private set; }

    /// <summary>Floats from one row to the next.</summary>
    public int Stride { get; } = (columns + PanelWeight.MaxPanelOutputs - 1) / PanelWeight.MaxPanelOutputs * PanelWeight.MaxPanelOutputs;

    public float* Row(int row) => Data + (nint)row * Stride;

    /// <summary>Sets the number of rows; their content is lost when the buffer has to grow.</summary>
    public void Resize(int rows)
    {
        Rows = rows;
        if (rows <= _capacity) return;
        _capacity = Math.Max(rows, 2 * _capacity);
        NativeMemory.AlignedFree(Data);
        Data = (float*)NativeMemory.AlignedAlloc((nuint)_capacity * (nuint)Stride * sizeof(float), Alignment);
    }

    public override void Dispose()
    {
        NativeMemory.AlignedFree(Data);
        Data = null;
        Rows = _capacity = 0;
    }
}
