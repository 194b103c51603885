using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>One linear layer's outputs [FirstOutput, EndOutput) for all rows: output[r, o] (+)= input[r] . weight[o] + bias[o].</summary>
/// <remarks>
/// Every dot product is summed in one order, whatever rows and outputs are computed beside it, so a row's result depends neither on its
/// batch nor on the number of threads. Four rows of weights go through four rows of activations at a time: 16 sums stay in registers.
/// </remarks>
internal static unsafe class LinearKernel
{
    /// <summary>What to compute. Strides are in elements.</summary>
    public readonly struct Arguments
    {
        public required float* Input { get; init; }

        public required int Rows { get; init; }

        public required int Inputs { get; init; }

        public required byte* Weight { get; init; }

        public required float* Bias { get; init; }

        public required float* Output { get; init; }

        public required int Outputs { get; init; }

        public required bool Adds { get; init; }
    }

    public static void Run<TLanes, TFormat>(in Arguments arguments, int firstOutput, int endOutput)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        nint stride = (nint)arguments.Inputs * TFormat.Size;
        float* sums = stackalloc float[16];
        for (int output = firstOutput; output < endOutput; output += 4)
        {
            byte* weight = arguments.Weight + output * stride;
            int outputs = Math.Min(4, endOutput - output);
            int row = 0;
            if (outputs == 4)
            {
                for (; row + 4 <= arguments.Rows; row += 4)
                {
                    Dot4By4<TLanes, TFormat>(Row(arguments, row), arguments.Inputs, weight, stride, sums);
                    for (int i = 0; i < 4; i++) Store(arguments, row + i, output, 4, sums + 4 * i);
                }

                for (; row < arguments.Rows; row++)
                {
                    Dot1By4<TLanes, TFormat>(Row(arguments, row), arguments.Inputs, weight, stride, sums);
                    Store(arguments, row, output, 4, sums);
                }
            }

            for (; row < arguments.Rows; row++)
            {
                for (int i = 0; i < outputs; i++) sums[i] = Dot<TLanes, TFormat>(Row(arguments, row), arguments.Inputs, weight + i * stride);
                Store(arguments, row, output, outputs, sums);
            }
        }
    }

    /// <summary>The dot product that the tiles compute 4 or 16 of.</summary>
    public static float Dot<TLanes, TFormat>(float* input, int inputs, byte* weight)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        TLanes sum = default;
        nint i = 0, end = inputs - TLanes.Width;
        for (; i <= end; i += TLanes.Width) sum = TLanes.MultiplyAdd(TLanes.Load(input + i), TFormat.Load<TLanes>(weight, i), sum);
        float dot = LaneSums.Sum(TLanes.Fold(sum));
        for (; i < inputs; i++) dot += input[i] * TFormat.LoadOne(weight, i);
        return dot;
    }

    private static float* Row(in Arguments arguments, int row) => arguments.Input + (nint)row * arguments.Inputs;

    private static void Store(in Arguments arguments, int row, int output, int count, float* sums)
    {
        float* target = arguments.Output + (nint)row * arguments.Outputs + output;
        for (int i = 0; i < count; i++)
        {
            float value = sums[i];
            if (arguments.Bias != null) value += arguments.Bias[output + i];
            target[i] = arguments.Adds ? target[i] + value : value;
        }
    }

    /// <summary>Adds up the lanes of four dot products, and what of their inputs did not fill a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TLanes, TFormat>(
        TLanes a, TLanes b, TLanes c, TLanes d, float* input, byte* weight, nint stride, nint from, int inputs, float* sums)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        LaneSums.Sum(TLanes.Fold(a), TLanes.Fold(b), TLanes.Fold(c), TLanes.Fold(d)).Store(sums);
        for (nint i = from; i < inputs; i++)
            for (int output = 0; output < 4; output++) sums[output] += input[i] * TFormat.LoadOne(weight + output * stride, i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Dot1By4<TLanes, TFormat>(float* input, int inputs, byte* weight0, nint stride, float* sums)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        byte* weight1 = weight0 + stride, weight2 = weight1 + stride, weight3 = weight2 + stride;
        TLanes a = default, b = default, c = default, d = default;
        nint i = 0, end = inputs - TLanes.Width;
        for (; i <= end; i += TLanes.Width)
        {
            TLanes x = TLanes.Load(input + i);
            a = TLanes.MultiplyAdd(x, TFormat.Load<TLanes>(weight0, i), a);
            b = TLanes.MultiplyAdd(x, TFormat.Load<TLanes>(weight1, i), b);
            c = TLanes.MultiplyAdd(x, TFormat.Load<TLanes>(weight2, i), c);
            d = TLanes.MultiplyAdd(x, TFormat.Load<TLanes>(weight3, i), d);
        }

        Finish<TLanes, TFormat>(a, b, c, d, input, weight0, stride, i, inputs, sums);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Dot4By4<TLanes, TFormat>(float* input0, int inputs, byte* weight0, nint stride, float* sums)
        where TLanes : struct, ILanes<TLanes>
        where TFormat : IWeightFormat
    {
        byte* weight1 = weight0 + stride, weight2 = weight1 + stride, weight3 = weight2 + stride;
        float* input1 = input0 + inputs, input2 = input1 + inputs, input3 = input2 + inputs;
        TLanes a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        TLanes c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        nint i = 0, end = inputs - TLanes.Width;
        for (; i <= end; i += TLanes.Width)
        {
            TLanes w0 = TFormat.Load<TLanes>(weight0, i), w1 = TFormat.Load<TLanes>(weight1, i);
            TLanes w2 = TFormat.Load<TLanes>(weight2, i), w3 = TFormat.Load<TLanes>(weight3, i);
            TLanes x = TLanes.Load(input0 + i);
            a0 = TLanes.MultiplyAdd(x, w0, a0);
            a1 = TLanes.MultiplyAdd(x, w1, a1);
            a2 = TLanes.MultiplyAdd(x, w2, a2);
            a3 = TLanes.MultiplyAdd(x, w3, a3);
            x = TLanes.Load(input1 + i);
            b0 = TLanes.MultiplyAdd(x, w0, b0);
            b1 = TLanes.MultiplyAdd(x, w1, b1);
            b2 = TLanes.MultiplyAdd(x, w2, b2);
            b3 = TLanes.MultiplyAdd(x, w3, b3);
            x = TLanes.Load(input2 + i);
            c0 = TLanes.MultiplyAdd(x, w0, c0);
            c1 = TLanes.MultiplyAdd(x, w1, c1);
            c2 = TLanes.MultiplyAdd(x, w2, c2);
            c3 = TLanes.MultiplyAdd(x, w3, c3);
            x = TLanes.Load(input3 + i);
            d0 = TLanes.MultiplyAdd(x, w0, d0);
            d1 = TLanes.MultiplyAdd(x, w1, d1);
            d2 = TLanes.MultiplyAdd(x, w2, d2);
            d3 = TLanes.MultiplyAdd(x, w3, d3);
        }

        Finish<TLanes, TFormat>(a0, a1, a2, a3, input0, weight0, stride, i, inputs, sums);
        Finish<TLanes, TFormat>(b0, b1, b2, b3, input1, weight0, stride, i, inputs, sums + 4);
        Finish<TLanes, TFormat>(c0, c1, c2, c3, input2, weight0, stride, i, inputs, sums + 8);
        Finish<TLanes, TFormat>(d0, d1, d2, d3, input3, weight0, stride, i, inputs, sums + 12);
    }
}
