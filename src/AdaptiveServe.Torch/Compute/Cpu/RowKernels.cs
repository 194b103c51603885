namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Operations on one row. Sums run in one order, whatever row of a batch it is.</summary>
internal static unsafe class RowKernels
{
    private const float Nothing = -1e30f; // a logit or score that adds nothing: its exponential is 0

    public static void RmsNorm<TLanes>(float* input, float* weight, int columns, float epsilon, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        float scale = 1f / MathF.Sqrt(LaneMath.Dot<TLanes>(input, input, columns) / columns + epsilon);
        TLanes scales = TLanes.Broadcast(scale);
        int i = 0;
        for (; i <= columns - TLanes.Width; i += TLanes.Width)
            TLanes.Store(TLanes.Multiply(TLanes.Multiply(TLanes.Load(input + i), scales), TLanes.Load(weight + i)), output + i);
        for (; i < columns; i++) output[i] = input[i] * scale * weight[i];
    }

    /// <summary>output = input * factor; nothing behind the last column is written.</summary>
    public static void Scale<TLanes>(float* input, float factor, int columns, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factors = TLanes.Broadcast(factor);
        int i = 0;
        for (; i <= columns - TLanes.Width; i += TLanes.Width) TLanes.Store(TLanes.Multiply(TLanes.Load(input + i), factors), output + i);
        for (; i < columns; i++) output[i] = input[i] * factor;
    }

    /// <summary>Rotates the pairs (i, i + half) of a head by its position's angles.</summary>
    public static void Rotate<TLanes>(float* head, float* cosines, float* sines, int half)
        where TLanes : struct, ILanes<TLanes>
    {
        int i = 0;
        for (; i <= half - TLanes.Width; i += TLanes.Width)
        {
            TLanes first = TLanes.Load(head + i), second = TLanes.Load(head + i + half);
            TLanes cosine = TLanes.Load(cosines + i), sine = TLanes.Load(sines + i);
            TLanes.Store(TLanes.Subtract(TLanes.Multiply(first, cosine), TLanes.Multiply(second, sine)), head + i);
            TLanes.Store(TLanes.MultiplyAdd(second, cosine, TLanes.Multiply(first, sine)), head + i + half);
        }

        for (; i < half; i++)
        {
            float first = head[i], second = head[i + half];
            head[i] = first * cosines[i] - second * sines[i];
            head[i + half] = second * cosines[i] + first * sines[i];
        }
    }

    /// <summary>output = silu(gate) * up. Reads and writes whole registers: rows have room behind their last column.</summary>
    public static void GatedActivation<TLanes>(float* gate, float* up, int columns, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1), most = TLanes.Broadcast(87), zero = default;
        for (int i = 0; i < columns; i += TLanes.Width)
        {
            TLanes g = TLanes.Load(gate + i);
            TLanes e = LaneMath.Exp(TLanes.Min(TLanes.Subtract(zero, g), most)); // silu(-87) is 0 beside any sum
            TLanes.Store(TLanes.Multiply(TLanes.Divide(g, TLanes.Add(one, e)), TLanes.Load(up + i)), output + i);
        }
    }

    /// <summary>Log-sum-exp (natural), entropy (bits) and the first largest logit. The room behind the last, up to a whole register, is overwritten.</summary>
    public static (int ArgMax, float LogSumExp, float Entropy) Reduce<TLanes>(float* logits, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        Pad<TLanes>(logits, count);
        float largest = LargestOf<TLanes>(logits, count);
        TLanes max = TLanes.Broadcast(largest), sum = default, weighted = default;
        for (int i = 0; i < count; i += TLanes.Width)
        {
            TLanes shifted = TLanes.Subtract(TLanes.Load(logits + i), max), weight = LaneMath.Exp(shifted);
            sum = TLanes.Add(sum, weight);
            weighted = TLanes.MultiplyAdd(weight, shifted, weighted);
        }

        float total = LaneSums.Sum(TLanes.Fold(sum)), logSum = MathF.Log(total);
        float entropy = (logSum - LaneSums.Sum(TLanes.Fold(weighted)) / total) / MathF.Log(2);
        int argmax = new ReadOnlySpan<float>(logits, count).IndexOf(largest); // not found only where logits are not numbers
        return (Math.Max(0, argmax), largest + logSum, Math.Max(0, entropy));
    }

    private static void Pad<TLanes>(float* values, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int i = count; i % TLanes.Width != 0; i++) values[i] = Nothing;
    }

    private static float LargestOf<TLanes>(float* values, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes max = TLanes.Load(values);
        for (int i = TLanes.Width; i < count; i += TLanes.Width) max = TLanes.Max(max, TLanes.Load(values + i));
        return LaneMath.Max(max);
    }
}
