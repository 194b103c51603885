using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Panels of a linear layer with int8 weights for all rows: output[r, o] (+)= input[r] . weight[o] + bias[o].</summary>
/// <remarks>
/// The products of a block of 32 inputs are summed as integers, exactly: 32 * 127 * 32767 fit into 32 bits. Blocks are added in their
/// order, times both scales. So a row's bits depend neither on its batch, nor on the threads, nor on the processor.
/// </remarks>
internal static unsafe class Int8Kernel
{
    private const int Steps = Int8Weight.BlockInputs / sizeof(int);

    /// <summary>What to compute.</summary>
    public readonly struct Arguments
    {
        /// <summary>Of the first row.</summary>
        public required int* Words { get; init; }

        public required float* Scales { get; init; }

        public required int Rows { get; init; }

        public required Int8Weight Weight { get; init; }

        /// <summary>Rows with room for whole panels.</summary>
        public required float* Output { get; init; }

        public required nint OutputStride { get; init; }

        public required bool Adds { get; init; }
    }

    /// <summary>Some rows of a panel.</summary>
    private readonly struct Tile
    {
        public required byte* Panel { get; init; }

        public required int* Words { get; init; }

        public required float* Scales { get; init; }

        public required nint Blocks { get; init; }

        /// <summary>Of the panel's first output, or null.</summary>
        public required float* Bias { get; init; }

        public required float* Output { get; init; }

        public required nint OutputStride { get; init; }

        public required bool Adds { get; init; }

        /// <summary>Words from one row to the next.</summary>
        public nint WordStride => Blocks * Int8Rows.BlockWords;
    }

    /// <summary>Computes the panels [first, end).</summary>
    public static void Run<TLanes>(in Arguments arguments, int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int panel = first; panel < end; panel++)
        {
            int row = 0;
            for (; row + 4 <= arguments.Rows; row += 4)
            {
                Tile tile = TileAt(arguments, panel, row);
                Four<TLanes>(tile, 0);
                Four<TLanes>(tile, 2 * TLanes.Width);
            }

            for (; row + 2 <= arguments.Rows; row += 2)
            {
                Tile tile = TileAt(arguments, panel, row);
                Two<TLanes>(tile, 0);
                Two<TLanes>(tile, 2 * TLanes.Width);
            }

            if (row < arguments.Rows) One<TLanes>(TileAt(arguments, panel, row));
        }
    }

    private static Tile TileAt(in Arguments a, int panel, int row)
    {
        int output = panel * a.Weight.PanelOutputs;
        nint block = (nint)row * a.Weight.Blocks;
        return new Tile
        {
            Panel = a.Weight.Panel(panel),
            Words = a.Words + block * Int8Rows.BlockWords,
            Scales = a.Scales + block,
            Blocks = a.Weight.Blocks,
            Bias = a.Weight.Bias != null ? a.Weight.Bias + output : null,
            Output = a.Output + row * a.OutputStride + output,
            OutputStride = a.OutputStride,
            Adds = a.Adds,
        };
    }

    /// <summary>One row, four registers of outputs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void One<TLanes>(in Tile tile)
        where TLanes : struct, ILanes<TLanes>
    {
        nint width = TLanes.Width;
        int* words = tile.Words;
        byte* block = tile.Panel;
        TLanes f0 = default, f1 = default, f2 = default, f3 = default;
        for (nint i = 0; i < tile.Blocks; i++)
        {
            ushort* scales = (ushort*)block;
            int* weights = (int*)(scales + 4 * width);
            TLanes s0 = default, s1 = default, s2 = default, s3 = default;
            for (int step = 0; step < Steps; step++)
            {
                TLanes a = TLanes.BroadcastWord(words[0]), b = TLanes.BroadcastWord(words[1]);
                s0 = Multiply(weights, a, b, s0);
                s1 = Multiply(weights + width, a, b, s1);
                s2 = Multiply(weights + 2 * width, a, b, s2);
                s3 = Multiply(weights + 3 * width, a, b, s3);
                weights += 4 * width;
                words += 2;
            }

            TLanes scale = TLanes.Broadcast(tile.Scales[i]);
            f0 = Scale(s0, scale, TLanes.WidenFloat16(scales), f0);
            f1 = Scale(s1, scale, TLanes.WidenFloat16(scales + width), f1);
            f2 = Scale(s2, scale, TLanes.WidenFloat16(scales + 2 * width), f2);
            f3 = Scale(s3, scale, TLanes.WidenFloat16(scales + 3 * width), f3);
            block = (byte*)weights;
        }

        Put(tile, f0, 0, 0);
        Put(tile, f1, 0, width);
        Put(tile, f2, 0, 2 * width);
        Put(tile, f3, 0, 3 * width);
    }

    /// <summary>Two rows, two registers of outputs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Two<TLanes>(in Tile tile, nint output)
        where TLanes : struct, ILanes<TLanes>
    {
        nint width = TLanes.Width;
        int* words0 = tile.Words, words1 = words0 + tile.WordStride;
        byte* block = tile.Panel;
        TLanes f0 = default, f1 = default, g0 = default, g1 = default;
        for (nint i = 0; i < tile.Blocks; i++)
        {
            ushort* scales = (ushort*)block;
            int* weights = (int*)(scales + 4 * width) + output;
            TLanes s0 = default, s1 = default, t0 = default, t1 = default;
            for (int step = 0; step < Steps; step++)
            {
                TLanes.LoadInt8(weights, out TLanes even0, out TLanes odd0);
                TLanes.LoadInt8(weights + width, out TLanes even1, out TLanes odd1);
                TLanes a = TLanes.BroadcastWord(words0[0]), b = TLanes.BroadcastWord(words0[1]);
                s0 = TLanes.AddProducts(odd0, b, TLanes.AddProducts(even0, a, s0));
                s1 = TLanes.AddProducts(odd1, b, TLanes.AddProducts(even1, a, s1));
                a = TLanes.BroadcastWord(words1[0]);
                b = TLanes.BroadcastWord(words1[1]);
                t0 = TLanes.AddProducts(odd0, b, TLanes.AddProducts(even0, a, t0));
                t1 = TLanes.AddProducts(odd1, b, TLanes.AddProducts(even1, a, t1));
                weights += 4 * width;
                words0 += 2;
                words1 += 2;
            }

            TLanes scale0 = TLanes.WidenFloat16(scales + output), scale1 = TLanes.WidenFloat16(scales + output + width);
            TLanes scale = TLanes.Broadcast(tile.Scales[i]);
            f0 = Scale(s0, scale, scale0, f0);
            f1 = Scale(s1, scale, scale1, f1);
            scale = TLanes.Broadcast(tile.Scales[tile.Blocks + i]);
            g0 = Scale(t0, scale, scale0, g0);
            g1 = Scale(t1, scale, scale1, g1);
            block = (byte*)(weights - output);
        }

        Put(tile, f0, 0, output);
        Put(tile, f1, 0, output + width);
        Put(tile, g0, 1, output);
        Put(tile, g1, 1, output + width);
    }

    /// <summary>Four rows, two registers of outputs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Four<TLanes>(in Tile tile, nint output)
        where TLanes : struct, ILanes<TLanes>
    {
        nint width = TLanes.Width, stride = tile.WordStride;
        int* words = tile.Words;
        byte* block = tile.Panel;
        TLanes f0 = default, f1 = default, g0 = default, g1 = default, h0 = default, h1 = default, k0 = default, k1 = default;
        for (nint i = 0; i < tile.Blocks; i++)
        {
            ushort* scales = (ushort*)block;
            int* weights = (int*)(scales + 4 * width) + output;
            TLanes s0 = default, s1 = default, t0 = default, t1 = default, u0 = default, u1 = default, v0 = default, v1 = default;
            for (int step = 0; step < Steps; step++)
            {
                TLanes.LoadInt8(weights, out TLanes even0, out TLanes odd0);
                TLanes.LoadInt8(weights + width, out TLanes even1, out TLanes odd1);
                TLanes a = TLanes.BroadcastWord(words[0]), b = TLanes.BroadcastWord(words[1]);
                s0 = TLanes.AddProducts(odd0, b, TLanes.AddProducts(even0, a, s0));
                s1 = TLanes.AddProducts(odd1, b, TLanes.AddProducts(even1, a, s1));
                a = TLanes.BroadcastWord(words[stride]);
                b = TLanes.BroadcastWord(words[stride + 1]);
                t0 = TLanes.AddProducts(odd0, b, TLanes.AddProducts(even0, a, t0));
                t1 = TLanes.AddProducts(odd1, b, TLanes.AddProducts(even1, a, t1));
                a = TLanes.BroadcastWord(words[2 * stride]);
                b = TLanes.BroadcastWord(words[2 * stride + 1]);
                u0 = TLanes.AddProducts(odd0, b, TLanes.AddProducts(even0, a, u0));
                u1 = TLanes.AddProducts(odd1, b, TLanes.AddProducts(even1, a, u1));
                a = TLanes.BroadcastWord(words[3 * stride]);
                b = TLanes.BroadcastWord(words[3 * stride + 1]);
                v0 = TLanes.AddProducts(odd0, b, TLanes.AddProducts(even0, a, v0));
                v1 = TLanes.AddProducts(odd1, b, TLanes.AddProducts(even1, a, v1));
                weights += 4 * width;
                words += 2;
            }

            TLanes scale0 = TLanes.WidenFloat16(scales + output), scale1 = TLanes.WidenFloat16(scales + output + width);
            TLanes scale = TLanes.Broadcast(tile.Scales[i]);
            f0 = Scale(s0, scale, scale0, f0);
            f1 = Scale(s1, scale, scale1, f1);
            scale = TLanes.Broadcast(tile.Scales[tile.Blocks + i]);
            g0 = Scale(t0, scale, scale0, g0);
            g1 = Scale(t1, scale, scale1, g1);
            scale = TLanes.Broadcast(tile.Scales[2 * tile.Blocks + i]);
            h0 = Scale(u0, scale, scale0, h0);
            h1 = Scale(u1, scale, scale1, h1);
            scale = TLanes.Broadcast(tile.Scales[3 * tile.Blocks + i]);
            k0 = Scale(v0, scale, scale0, k0);
            k1 = Scale(v1, scale, scale1, k1);
            block = (byte*)(weights - output);
        }

        Put(tile, f0, 0, output);
        Put(tile, f1, 0, output + width);
        Put(tile, g0, 1, output);
        Put(tile, g1, 1, output + width);
        Put(tile, h0, 2, output);
        Put(tile, h1, 2, output + width);
        Put(tile, k0, 3, output);
        Put(tile, k1, 3, output + width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Multiply<TLanes>(int* weights, TLanes a, TLanes b, TLanes sum)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes.LoadInt8(weights, out TLanes even, out TLanes odd);
        return TLanes.AddProducts(odd, b, TLanes.AddProducts(even, a, sum));
    }

    /// <summary>total + sum * both scales.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Scale<TLanes>(TLanes sum, TLanes inputScale, TLanes weightScale, TLanes total)
        where TLanes : struct, ILanes<TLanes> => TLanes.MultiplyAdd(TLanes.ToSingle(sum), TLanes.Multiply(inputScale, weightScale), total);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TLanes>(in Tile tile, TLanes sum, nint row, nint output)
        where TLanes : struct, ILanes<TLanes>
    {
        float* target = tile.Output + row * tile.OutputStride + output;
        if (tile.Bias != null) sum = TLanes.Add(sum, TLanes.Load(tile.Bias + output));
        if (tile.Adds) sum = TLanes.Add(TLanes.Load(target), sum);
        TLanes.Store(sum, target);
    }
}
