using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Panels of a linear layer's outputs for all rows: output[r, o] (+)= input[r] . weight[o] + bias[o].</summary>
/// <remarks>
/// Every output is summed in a lane of its own in the order of the inputs, in blocks of at most 512, whatever rows and outputs are computed
/// beside it and however wide the registers are: a row's bits depend neither on its batch, nor on the threads, nor on the processor.
/// A tile keeps the sums of 1, 2, 4 or 8 rows in registers, so that weights are widened once for all of them; a panel's block stays in the
/// first-level cache for the next tile.
/// </remarks>
internal static unsafe class LinearKernel
{
    private const int Half = PackedWeight.PanelOutputs / 2;
    private const int BlockInputs = 512;

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

    /// <summary>A block of inputs of a tile.</summary>
    private readonly struct Block
    {
        public required nint From { get; init; }

        public required nint To { get; init; }

        public required nint InputStride { get; init; }

        public required nint OutputStride { get; init; }

        public required float* Bias { get; init; }

        public required bool Adds { get; init; }
    }

    /// <summary>Computes the panels [first, end).</summary>
    public static void Run<TLanes, TFormat>(in Arguments arguments, int first, int end)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        int inputs = arguments.Weight.Inputs, blocks = (inputs + BlockInputs - 1) / BlockInputs;
        for (int panel = first; panel < end; panel += 2)
        {
            for (int block = 0; block < blocks; block++)
            {
                var part = new Block
                {
                    From = (nint)inputs * block / blocks,
                    To = (nint)inputs * (block + 1) / blocks,
                    InputStride = arguments.InputStride,
                    OutputStride = arguments.OutputStride,
                    Bias = block == 0 ? arguments.Weight.Bias : null,
                    Adds = arguments.Adds || block > 0,
                };
                RunBlock<TLanes, TFormat>(arguments, part, panel, Math.Min(2, end - panel));
            }
        }
    }

    private static void RunBlock<TLanes, TFormat>(in Arguments arguments, in Block block, int panel, int panels)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        for (int i = 0; i < panels; i++)
        {
            byte* weights = arguments.Weight.Panel(panel + i);
            int output = (panel + i) * PackedWeight.PanelOutputs, row = 0;
            for (; row + 4 <= arguments.Rows; row += 4)
                Tile4<TLanes, TFormat>(block, Input(arguments, row), weights, Output(arguments, row) + output, output);
            if (row + 2 <= arguments.Rows)
                Tile2<TLanes, TFormat>(block, Input(arguments, row), weights, Output(arguments, row) + output, output);
        }

        if (arguments.Rows % 2 == 0) return;
        int last = arguments.Rows - 1, lastOutput = panel * PackedWeight.PanelOutputs;
        float* target = Output(arguments, last) + lastOutput;
        byte* weights0 = arguments.Weight.Panel(panel), weights1 = arguments.Weight.Panel(panel + panels - 1);
        if (panels == 2) Tile1By2<TLanes, TFormat>(block, Input(arguments, last), weights0, weights1, target, lastOutput);
        else Tile1<TLanes, TFormat>(block, Input(arguments, last), weights0, target, lastOutput);
    }

    private static float* Input(in Arguments arguments, int row) => arguments.Input + row * arguments.InputStride;

    private static float* Output(in Arguments arguments, int row) => arguments.Output + row * arguments.OutputStride;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile1<TLanes, TFormat>(in Block block, float* input, byte* panel, float* target, int output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        for (int lane = 0; lane < Half; lane += TLanes.Width)
        {
            TLanes lower = default, upper = default;
            for (nint i = block.From; i < block.To; i++)
            {
                TFormat.Load(panel, i, lane, out TLanes w, out TLanes v);
                TLanes x = TLanes.Broadcast(input[i]);
                lower = TLanes.MultiplyAdd(x, w, lower);
                upper = TLanes.MultiplyAdd(x, v, upper);
            }

            Put(block, lower, upper, target, output, lane);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile1By2<TLanes, TFormat>(in Block block, float* input, byte* panel0, byte* panel1, float* target, int output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        for (int lane = 0; lane < Half; lane += TLanes.Width)
        {
            TLanes lower0 = default, upper0 = default, lower1 = default, upper1 = default;
            nint to = block.To;
            for (nint i = block.From; i < to; i++)
            {
                TFormat.Load(panel0, i, lane, out TLanes w0, out TLanes v0);
                TFormat.Load(panel1, i, lane, out TLanes w1, out TLanes v1);
                TLanes x = TLanes.Broadcast(input[i]);
                lower0 = TLanes.MultiplyAdd(x, w0, lower0);
                upper0 = TLanes.MultiplyAdd(x, v0, upper0);
                lower1 = TLanes.MultiplyAdd(x, w1, lower1);
                upper1 = TLanes.MultiplyAdd(x, v1, upper1);
            }

            Put(block, lower0, upper0, target, output, lane);
            Put(block, lower1, upper1, target + PackedWeight.PanelOutputs, output + PackedWeight.PanelOutputs, lane);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile2<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* target, int output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        float* input1 = input0 + block.InputStride;
        for (int lane = 0; lane < Half; lane += TLanes.Width)
        {
            TLanes lower0 = default, upper0 = default, lower1 = default, upper1 = default;
            nint to = block.To;
            for (nint i = block.From; i < to; i++)
            {
                TFormat.Load(panel, i, lane, out TLanes w, out TLanes v);
                TLanes x = TLanes.Broadcast(input0[i]), y = TLanes.Broadcast(input1[i]);
                lower0 = TLanes.MultiplyAdd(x, w, lower0);
                upper0 = TLanes.MultiplyAdd(x, v, upper0);
                lower1 = TLanes.MultiplyAdd(y, w, lower1);
                upper1 = TLanes.MultiplyAdd(y, v, upper1);
            }

            Put(block, lower0, upper0, target, output, lane);
            Put(block, lower1, upper1, target + block.OutputStride, output, lane);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile4<TLanes, TFormat>(in Block block, float* input0, byte* panel, float* target, int output)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        float* input1 = input0 + block.InputStride, input2 = input1 + block.InputStride, input3 = input2 + block.InputStride;
        for (int lane = 0; lane < Half; lane += TLanes.Width)
        {
            TLanes lower0 = default, upper0 = default, lower1 = default, upper1 = default;
            TLanes lower2 = default, upper2 = default, lower3 = default, upper3 = default;
            nint to = block.To;
            for (nint i = block.From; i < to; i++)
            {
                TFormat.Load(panel, i, lane, out TLanes w, out TLanes v);
                TLanes x = TLanes.Broadcast(input0[i]);
                lower0 = TLanes.MultiplyAdd(x, w, lower0);
                upper0 = TLanes.MultiplyAdd(x, v, upper0);
                x = TLanes.Broadcast(input1[i]);
                lower1 = TLanes.MultiplyAdd(x, w, lower1);
                upper1 = TLanes.MultiplyAdd(x, v, upper1);
                x = TLanes.Broadcast(input2[i]);
                lower2 = TLanes.MultiplyAdd(x, w, lower2);
                upper2 = TLanes.MultiplyAdd(x, v, upper2);
                x = TLanes.Broadcast(input3[i]);
                lower3 = TLanes.MultiplyAdd(x, w, lower3);
                upper3 = TLanes.MultiplyAdd(x, v, upper3);
            }

            Put(block, lower0, upper0, target, output, lane);
            Put(block, lower1, upper1, target + block.OutputStride, output, lane);
            Put(block, lower2, upper2, target + 2 * block.OutputStride, output, lane);
            Put(block, lower3, upper3, target + 3 * block.OutputStride, output, lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TLanes>(in Block block, TLanes lower, TLanes upper, float* target, int output, int lane)
        where TLanes : struct, ILanes<TLanes>
    {
        float* bias = block.Bias == null ? null : block.Bias + output + lane;
        Put(block.Adds, lower, target + lane, bias);
        Put(block.Adds, upper, target + lane + Half, bias == null ? null : bias + Half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TLanes>(bool adds, TLanes sum, float* target, float* bias)
        where TLanes : struct, ILanes<TLanes>
    {
        if (bias != null) sum = TLanes.Add(sum, TLanes.Load(bias));
        if (adds) sum = TLanes.Add(TLanes.Load(target), sum);
        TLanes.Store(sum, target);
    }
}
