using System.Numerics.Tensors;

namespace AdaptiveServe.Torch.Routing;

/// <summary>The router of one layer: linear, GELU (its tanh form), linear to three logits (Dr.LLM, arXiv 2510.12773).</summary>
/// <param name="Down">[width, hidden size].</param>
/// <param name="DownBias">[width].</param>
/// <param name="Up">[3, width].</param>
/// <param name="UpBias">[3].</param>
internal sealed record BottleneckNetwork(float[] Down, float[] DownBias, float[] Up, float[] UpBias)
{
    /// <summary>Classes, in the order of the logits.</summary>
    public const int Skip = 0, Execute = 1, Repeat = 2, Classes = 3;

    /// <summary>Adds the logits of one state.</summary>
    public void AddLogits(ReadOnlySpan<float> state, Span<float> logits)
    {
        int width = DownBias.Length;
        Span<float> inner = stackalloc float[width];
        for (int i = 0; i < width; i++) inner[i] = TensorPrimitives.Dot(Down.AsSpan(i * state.Length, state.Length), state);
        TensorPrimitives.Add(inner, DownBias, inner);
        ApplyGelu(inner);
        for (int i = 0; i < Classes; i++) logits[i] += TensorPrimitives.Dot(Up.AsSpan(i * width, width), inner) + UpBias[i];
    }

    /// <summary>x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).</summary>
    private static void ApplyGelu(Span<float> values)
    {
        Span<float> inner = stackalloc float[values.Length];
        TensorPrimitives.Multiply(values, values, inner);
        TensorPrimitives.Multiply(inner, 0.044715f, inner);
        TensorPrimitives.Add(inner, 1, inner);
        TensorPrimitives.Multiply(inner, values, inner);
        TensorPrimitives.Multiply(inner, MathF.Sqrt(2 / MathF.PI), inner);
        TensorPrimitives.Tanh(inner, inner);
        TensorPrimitives.Add(inner, 1, inner);
        TensorPrimitives.Multiply(inner, 0.5f, inner);
        TensorPrimitives.Multiply(inner, values, values);
    }
}
