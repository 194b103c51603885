using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Panels of a linear layer's outputs for all rows: output[r, o] (+)= input[r] . weight[o] + bias[o].</summary>
/// <remarks>
/// Every output is summed in a lane of its own in the order of the inputs, in blocks of at most 256, whatever rows and outputs are computed
/// beside it and however wide the registers are: a row's bits depend neither on its batch, nor on the threads, nor on the processor.
/// A tile keeps the sums of 1, 2 or 4 rows in registers, so that weights are widened once for all of them; a panel's block stays in the
/// first-level cache for the next tile.
/// </remarks>
internal static unsafe class LinearKernel
{
    private const int BlockInputs = 256;

    /// <summary>What to compute.</summary>
    public readonly struct Arguments
    {
        public required float* Input { get; init; }

        public required nint InputStride { get; init; }

        public required int Rows { get; init; }

        public required PackedWeight Weight { get; init; }

        /// <summary>Rows with room for whole panels.</summary>
        public required float* Output { get; init; }

        public required nint OutputStride { get; init; }

        public required bool Adds { get; init; }
    }

    /// <summary>A tile's share of the inputs, and what becomes of its sums.</summary>
    private readonly struct Block
    {
        public required nint From { get; init; }

        public required nint To { get; init; }

        public required nint InputStride { get; init; }

        public required nint OutputStride { get; init; }

        /// <summary>Of the panel's first output, or null.</summary>
        public required float* Bias { get; init; }

        public required bool Adds { get; init; }
    }

    /// <summary>Computes the panels [first, end).</summary>
    public static void Run<TLanes, TFormat>(in Arguments arguments, int first, int end)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        int inputs = arguments.Weight.Inputs, blocks = (inputs + BlockInputs - 1) / BlockInputs;
        for (int panel = first; panel < end; panel++)
        {
            int output = panel * arguments.Weight.PanelOutputs;
            for (int i = 0; i < blocks; i++)
            {
                var block = new Block
                {
                    From = (nint)inputs * i / blocks,
                    To = (nint)inputs * (i + 1) / blocks,
                    InputStride = arguments.InputStride,
                    OutputStride = arguments.OutputStride,
                    Bias = i == 0 && arguments.Weight.Bias != null ? arguments.Weight.Bias + output : null,
                    Adds = arguments.Adds || i > 0,
                };
                RunBlock<TLanes, TFormat>(block, arguments.Input, arguments.Rows, arguments.Weight.Panel(panel), arguments.Output + output);
            }
        }
    }

    private static void RunBlock<TLanes, TFormat>(in Block block, float* input, int rows, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        int row = 0;
        if (TLanes.TileRows >= 4)
        {
            for (; row + 4 <= rows; row += 4)
                Tile4<TLanes, TFormat>(block, input + row * block.InputStride, panel, output + row * block.OutputStride);
        }

        for (; row + 2 <= rows; row += 2)
            Tile2<TLanes, TFormat>(block, input + row * block.InputStride, panel, output + row * block.OutputStride);
        if (row < rows) Tile1<TLanes, TFormat>(block, input + row * block.InputStride, panel, output + row * block.OutputStride);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile1<TLanes, TFormat>(in Block block, float* input, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        nint to = block.To;
        TLanes a0 = default, a1 = default, a2 = default, a3 = default;
        for (nint i = block.From; i < to; i++)
        {
            TFormat.Load(panel, i, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3);
            TLanes x = TLanes.Broadcast(input[i]);
            a0 = TLanes.MultiplyAdd(x, w0, a0);
            a1 = TLanes.MultiplyAdd(x, w1, a1);
            a2 = TLanes.MultiplyAdd(x, w2, a2);
            a3 = TLanes.MultiplyAdd(x, w3, a3);
        }

        Put(block, a0, a1, a2, a3, output);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile2<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        float* input1 = input0 + block.InputStride;
        nint to = block.To;
        TLanes a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (nint i = block.From; i < to; i++)
        {
            TFormat.Load(panel, i, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3);
            TLanes x = TLanes.Broadcast(input0[i]);
            a0 = TLanes.MultiplyAdd(x, w0, a0);
            a1 = TLanes.MultiplyAdd(x, w1, a1);
            a2 = TLanes.MultiplyAdd(x, w2, a2);
            a3 = TLanes.MultiplyAdd(x, w3, a3);
            x = TLanes.Broadcast(input1[i]);
            b0 = TLanes.MultiplyAdd(x, w0, b0);
            b1 = TLanes.MultiplyAdd(x, w1, b1);
            b2 = TLanes.MultiplyAdd(x, w2, b2);
            b3 = TLanes.MultiplyAdd(x, w3, b3);
        }

        Put(block, a0, a1, a2, a3, output);
        Put(block, b0, b1, b2, b3, output + block.OutputStride);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile4<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        float* input1 = input0 + block.InputStride, input2 = input1 + block.InputStride, input3 = input2 + block.InputStride;
        nint to = block.To;
        TLanes a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        TLanes c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        for (nint i = block.From; i < to; i++)
        {
            TFormat.Load(panel, i, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3);
            TLanes x = TLanes.Broadcast(input0[i]);
            a0 = TLanes.MultiplyAdd(x, w0, a0);
            a1 = TLanes.MultiplyAdd(x, w1, a1);
            a2 = TLanes.MultiplyAdd(x, w2, a2);
            a3 = TLanes.MultiplyAdd(x, w3, a3);
            x = TLanes.Broadcast(input1[i]);
            b0 = TLanes.MultiplyAdd(x, w0, b0);
            b1 = TLanes.MultiplyAdd(x, w1, b1);
            b2 = TLanes.MultiplyAdd(x, w2, b2);
            b3 = TLanes.MultiplyAdd(x, w3, b3);
            x = TLanes.Broadcast(input2[i]);
            c0 = TLanes.MultiplyAdd(x, w0, c0);
            c1 = TLanes.MultiplyAdd(x, w1, c1);
            c2 = TLanes.MultiplyAdd(x, w2, c2);
            c3 = TLanes.MultiplyAdd(x, w3, c3);
            x = TLanes.Broadcast(input3[i]);
            d0 = TLanes.MultiplyAdd(x, w0, d0);
            d1 = TLanes.MultiplyAdd(x, w1, d1);
            d2 = TLanes.MultiplyAdd(x, w2, d2);
            d3 = TLanes.MultiplyAdd(x, w3, d3);
        }

        Put(block, a0, a1, a2, a3, output);
        Put(block, b0, b1, b2, b3, output + block.OutputStride);
        Put(block, c0, c1, c2, c3, output + 2 * block.OutputStride);
        Put(block, d0, d1, d2, d3, output + 3 * block.OutputStride);
    }

    /// <summary>Stores a row's sums of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TLanes>(in Block block, TLanes a, TLanes b, TLanes c, TLanes d, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        Put(block, a, output, 0);
        Put(block, b, output, TLanes.Width);
        Put(block, c, output, 2 * TLanes.Width);
        Put(block, d, output, 3 * TLanes.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TLanes>(in Block block, TLanes sum, float* output, int offset)
        where TLanes : struct, ILanes<TLanes>
    {
        if (block.Bias != null) sum = TLanes.Add(sum, TLanes.Load(block.Bias + offset));
        if (block.Adds) sum = TLanes.Add(TLanes.Load(output + offset), sum);
        TLanes.Store(sum, output + offset);
    }
}
