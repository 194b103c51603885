using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Panels of a linear layer's outputs for all rows: output[r, o] (+)= input[r] . weight[o] + bias[o].</summary>
/// <remarks>
/// Every output is summed in a lane of its own in the order of the inputs, in blocks of at most 256, whatever rows and outputs are computed
/// beside it and however wide the registers are: a row's bits depend neither on its batch, nor on the threads, nor on the processor.
/// A tile keeps the sums of some rows in registers, so that weights are widened once for all of them; a panel's block stays in the
/// first-level cache for the next tile. Larger tiles are arithmetic, and leave the memory idle unless they ask for the block after theirs.
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

        /// <summary>How many inputs' weights ahead the larger tiles ask for: a whole block in the last tile, where nothing else would.</summary>
        public nint Ahead { get; init; }
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

    /// <summary>Divides the rows into as few tiles as possible, of as equal a size as possible.</summary>
    private static void RunBlock<TLanes, TFormat>(in Block block, float* input, int rows, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        int tiles = (rows + TLanes.TileRows - 1) / TLanes.TileRows, row = 0;
        for (int tile = 1; tile <= tiles; tile++)
        {
            int end = rows * tile / tiles;
            Block some = tile < tiles ? block : block with { Ahead = block.To - block.From };
            RunTile<TLanes, TFormat>(some, end - row, input + row * block.InputStride, panel, output + row * block.OutputStride);
            row = end;
        }
    }

    private static void RunTile<TLanes, TFormat>(in Block block, int rows, float* input, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        if (rows == 1) Tile1<TLanes, TFormat>(block, input, panel, output);
        else if (rows == 2) Tile2<TLanes, TFormat>(block, input, panel, output);
        else if (rows == 3) Tile3<TLanes, TFormat>(block, input, panel, output);
        else if (rows == 4) Tile4<TLanes, TFormat>(block, input, panel, output);
        else if (rows == 5) Tile5<TLanes, TFormat>(block, input, panel, output);
        else Tile6<TLanes, TFormat>(block, input, panel, output);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile1<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        nint to = block.To;
        RowSums<TLanes> a = default;
        for (nint i = block.From; i < to; i++)
        {
            TFormat.Load(panel, i, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3);
            a.Add(input0 + i, w0, w1, w2, w3);
        }

        a.Put(output, block.Bias, block.Adds);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile2<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        nint stride = block.OutputStride;
        float* input1 = input0 + block.InputStride;
        nint to = block.To;
        RowSums<TLanes> a = default, b = default;
        for (nint i = block.From; i < to; i++)
        {
            TFormat.Load(panel, i, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3);
            a.Add(input0 + i, w0, w1, w2, w3);
            b.Add(input1 + i, w0, w1, w2, w3);
        }

        a.Put(output, block.Bias, block.Adds);
        b.Put(output + stride, block.Bias, block.Adds);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile3<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        nint stride = block.OutputStride;
        float* input1 = input0 + block.InputStride, input2 = input1 + block.InputStride;
        nint to = block.To;
        RowSums<TLanes> a = default, b = default, c = default;
        for (nint i = block.From; i < to; i++)
        {
            TFormat.Load(panel, i, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3);
            a.Add(input0 + i, w0, w1, w2, w3);
            b.Add(input1 + i, w0, w1, w2, w3);
            c.Add(input2 + i, w0, w1, w2, w3);
        }

        a.Put(output, block.Bias, block.Adds);
        b.Put(output + stride, block.Bias, block.Adds);
        c.Put(output + 2 * stride, block.Bias, block.Adds);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile4<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        nint stride = block.OutputStride;
        float* input1 = input0 + block.InputStride, input2 = input1 + block.InputStride, input3 = input2 + block.InputStride;
        nint to = block.To, ahead = block.Ahead;
        RowSums<TLanes> a = default, b = default, c = default, d = default;
        for (nint i = block.From; i < to; i++)
        {
            TFormat.Load(panel, i, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3);
            TFormat.Prefetch<TLanes>(panel, i + ahead);
            a.Add(input0 + i, w0, w1, w2, w3);
            b.Add(input1 + i, w0, w1, w2, w3);
            c.Add(input2 + i, w0, w1, w2, w3);
            d.Add(input3 + i, w0, w1, w2, w3);
        }

        a.Put(output, block.Bias, block.Adds);
        b.Put(output + stride, block.Bias, block.Adds);
        c.Put(output + 2 * stride, block.Bias, block.Adds);
        d.Put(output + 3 * stride, block.Bias, block.Adds);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile5<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        nint stride = block.OutputStride;
        float* input1 = input0 + block.InputStride, input2 = input1 + block.InputStride, input3 = input2 + block.InputStride;
        float* input4 = input3 + block.InputStride;
        nint to = block.To, ahead = block.Ahead;
        RowSums<TLanes> a = default, b = default, c = default, d = default, e = default;
        for (nint i = block.From; i < to; i++)
        {
            TFormat.Load(panel, i, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3);
            TFormat.Prefetch<TLanes>(panel, i + ahead);
            a.Add(input0 + i, w0, w1, w2, w3);
            b.Add(input1 + i, w0, w1, w2, w3);
            c.Add(input2 + i, w0, w1, w2, w3);
            d.Add(input3 + i, w0, w1, w2, w3);
            e.Add(input4 + i, w0, w1, w2, w3);
        }

        a.Put(output, block.Bias, block.Adds);
        b.Put(output + stride, block.Bias, block.Adds);
        c.Put(output + 2 * stride, block.Bias, block.Adds);
        d.Put(output + 3 * stride, block.Bias, block.Adds);
        e.Put(output + 4 * stride, block.Bias, block.Adds);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile6<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        nint stride = block.OutputStride;
        float* input1 = input0 + block.InputStride, input2 = input1 + block.InputStride, input3 = input2 + block.InputStride;
        float* input4 = input3 + block.InputStride, input5 = input4 + block.InputStride;
        nint to = block.To, ahead = block.Ahead;
        RowSums<TLanes> a = default, b = default, c = default, d = default, e = default, f = default;
        for (nint i = block.From; i < to; i++)
        {
            TFormat.Load(panel, i, out TLanes w0, out TLanes w1, out TLanes w2, out TLanes w3);
            TFormat.Prefetch<TLanes>(panel, i + ahead);
            a.Add(input0 + i, w0, w1, w2, w3);
            b.Add(input1 + i, w0, w1, w2, w3);
            c.Add(input2 + i, w0, w1, w2, w3);
            d.Add(input3 + i, w0, w1, w2, w3);
            e.Add(input4 + i, w0, w1, w2, w3);
            f.Add(input5 + i, w0, w1, w2, w3);
        }

        a.Put(output, block.Bias, block.Adds);
        b.Put(output + stride, block.Bias, block.Adds);
        c.Put(output + 2 * stride, block.Bias, block.Adds);
        d.Put(output + 3 * stride, block.Bias, block.Adds);
        e.Put(output + 4 * stride, block.Bias, block.Adds);
        f.Put(output + 5 * stride, block.Bias, block.Adds);
    }
}
