using System.Numerics.Tensors;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Operations on one row. Sums run in one order, whatever row of a batch it is.</summary>
internal static unsafe class RowKernels
{
    public static void RmsNorm<TLanes>(float* input, float* weight, int columns, float epsilon, float* output)
        where TLanes : struct, ILanes<TLanes>
    {
        float squares = LinearKernel.Dot<TLanes, Float32Weights>(input, columns, (byte*)input);
        float scale = 1f / MathF.Sqrt(squares / columns + epsilon);
        for (int i = 0; i < columns; i++) output[i] = input[i] * scale * weight[i];
    }

    /// <summary>Rotates the pairs (i, i + half) of a head by its position's angles.</summary>
    public static void Rotate(float* head, float* cosines, float* sines, int half)
    {
        for (int i = 0; i < half; i++)
        {
            float first = head[i], second = head[i + half];
            head[i] = first * cosines[i] - second * sines[i];
            head[i + half] = second * cosines[i] + first * sines[i];
        }
    }

    /// <summary>output = silu(gate) * up.</summary>
    public static void GatedActivation(float* gate, float* up, int columns, float* output)
    {
        var gates = new ReadOnlySpan<float>(gate, columns);
        var outputs = new Span<float>(output, columns);
        TensorPrimitives.Sigmoid(gates, outputs);
        TensorPrimitives.Multiply(outputs, gates, outputs);
        TensorPrimitives.Multiply(outputs, new ReadOnlySpan<float>(up, columns), outputs);
    }

    /// <summary>Log-sum-exp (natural), entropy (bits) and the first largest logit.</summary>
    public static (int ArgMax, float LogSumExp, float Entropy) Reduce<TLanes>(float* logits, int count, float* shifted, float* weights)
        where TLanes : struct, ILanes<TLanes>
    {
        var all = new ReadOnlySpan<float>(logits, count);
        int argmax = TensorPrimitives.IndexOfMax(all);
        TensorPrimitives.Subtract(all, all[argmax], new Span<float>(shifted, count));
        TensorPrimitives.Exp(new ReadOnlySpan<float>(shifted, count), new Span<float>(weights, count));
        float weighted = LinearKernel.Dot<TLanes, Float32Weights>(shifted, count, (byte*)weights);
        new Span<float>(shifted, count).Fill(1f);
        float sum = LinearKernel.Dot<TLanes, Float32Weights>(shifted, count, (byte*)weights);
        float logSum = MathF.Log(sum);
        return (argmax, all[argmax] + logSum, Math.Max(0, (logSum - weighted / sum) / MathF.Log(2)));
    }
}
