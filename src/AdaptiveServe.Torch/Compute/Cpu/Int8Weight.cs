using System.Runtime.InteropServices;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>
/// A matrix of int8 with a float16 scale for 32 inputs of an output (the blocks of GGUF's q8_0, with its rounding), in panels.
/// </summary>
/// <remarks>
/// A panel is a sequence of blocks of 32 inputs: first the scales of its outputs, then 8 words for each output, those of all outputs side by
/// side. Word s has the weights of the inputs 2s, 2s + 1, 2s + 16 and 2s + 17: shifts make of it the pairs (2s, 2s + 16) and
/// (2s + 1, 2s + 17) that <see cref="Int8Rows"/> has of activations. Inputs and outputs that fill up a block or a panel are zeros.
/// </remarks>
internal sealed unsafe class Int8Weight : PanelWeight
{
    /// <summary>Inputs that share a scale.</summary>
    public const int BlockInputs = 32;

    private const float LargestScale = 65504; // of float16

    private readonly nint _blockBytes;
    private readonly byte* _panels;

    /// <param name="weight">Only read; its tensor may be freed afterwards.</param>
    /// <param name="panelOutputs">Outputs of a panel.</param>
    /// <param name="memory">Where the panels lie.</param>
    public Int8Weight(LinearWeight weight, int panelOutputs, WeightMemory memory)
        : base(weight, panelOutputs, memory)
    {
        Blocks = BlocksOf(Inputs);
        _blockBytes = (nint)PanelOutputs * (sizeof(ushort) + BlockInputs);
        nint bytes = Panels * Blocks * _blockBytes;
        _panels = memory.Take(bytes);
        if (memory.IsFilled) return;
        NativeMemory.Clear(_panels, (nuint)bytes);
        byte* rows = TensorMemory.Pointer(weight.Weight);
        torch.ScalarType type = weight.Weight.dtype;
        float* values = stackalloc float[BlockInputs];
        for (int output = 0; output < Outputs; output++)
        {
            for (int block = 0; block < Blocks; block++)
            {
                int from = block * BlockInputs, count = Math.Min(BlockInputs, Inputs - from);
                new Span<float>(values, BlockInputs).Clear();
                for (int i = 0; i < count; i++) values[i] = Widen(type, rows, (nint)output * Inputs + from + i);
                Pack(values, Block(output, block), output % PanelOutputs);
            }
        }
    }

    /// <summary>Blocks of an output.</summary>
    public int Blocks { get; }

    public static int BlocksOf(int inputs) => (inputs + BlockInputs - 1) / BlockInputs;

    public override byte* Panel(int index) => _panels + index * Blocks * _blockBytes;

    public override void CopyRow(int output, float* target)
    {
        int place = output % PanelOutputs;
        for (int i = 0; i < Inputs; i++)
        {
            byte* block = Block(output, i / BlockInputs);
            target[i] = *Element(block, place, i % BlockInputs) * (float)((Half*)block)[place];
        }
    }

    private byte* Block(int output, int block) => Panel(output / PanelOutputs) + block * _blockBytes;

    private sbyte* Element(byte* block, int place, int input)
    {
        int half = input % (BlockInputs / 2), word = half / 2 * PanelOutputs + place; // within a word: first half's two, second half's two
        return (sbyte*)block + PanelOutputs * sizeof(ushort) + word * sizeof(int) + half % 2 + 2 * (input / (BlockInputs / 2));
    }

    /// <summary>The largest weight becomes 127 or -127, the others their nearest multiple of the scale.</summary>
    private void Pack(float* values, byte* block, int place)
    {
        float largest = 0;
        for (int i = 0; i < BlockInputs; i++) largest = Math.Max(largest, Math.Abs(values[i]));
        float scale = Math.Min(largest / sbyte.MaxValue, LargestScale);
        var stored = (Half)scale;
        ((Half*)block)[place] = stored;
        float inverse = stored == Half.Zero ? 0 : 1 / scale;
        for (int i = 0; i < BlockInputs; i++)
        {
            float rounded = MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
            *Element(block, place, i) = (sbyte)Math.Clamp(rounded, -sbyte.MaxValue, sbyte.MaxValue);
        }
    }
}
