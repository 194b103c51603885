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
        for (int i = 0; i < width; i++) inner[i] = Gelu(TensorPrimitives.Dot(Down.AsSpan(i * state.Length, state.Length), state) + DownBias[i]);
        for (int i = 0; i < Classes; i++) logits[i] += TensorPrimitives.Dot(Up.AsSpan(i * width, width), inner) + UpBias[i];
    }

    private static float Gelu(float x) => 0.5f * x * (1 + MathF.Tanh(MathF.Sqrt(2 / MathF.PI) * (x + 0.044715f * x * x * x)));
}
