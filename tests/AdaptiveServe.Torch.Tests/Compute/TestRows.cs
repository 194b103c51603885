using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Cpu;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Compute;

/// <summary>Fills and reads the CPU backend's buffers and weights.</summary>
internal static class TestRows
{
    public static float[] Random(Random random, int count, float scale = 1) =>
        [.. Enumerable.Range(0, count).Select(_ => scale * (2 * random.NextSingle() - 1))];

    public static unsafe NativeRows Fill(IComputeBackend backend, int columns, ReadOnlySpan<float> values)
    {
        var rows = (NativeRows)backend.CreateBuffer(columns);
        rows.Resize(values.Length / columns);
        for (int row = 0; row < rows.Rows; row++) values.Slice(row * columns, columns).CopyTo(new Span<float>(rows.Row(row), columns));
        return rows;
    }

    public static unsafe float[] Read(NativeRows rows)
    {
        var values = new List<float>();
        for (int row = 0; row < rows.Rows; row++) values.AddRange(new ReadOnlySpan<float>(rows.Row(row), rows.Columns));
        return [.. values];
    }

    /// <summary>A weight of a type, and the values that it has after rounding.</summary>
    public static LinearWeight Weight(float[] values, int outputs, int inputs, torch.ScalarType type, float[]? bias, out float[] rounded)
    {
        using torch.Tensor wide = torch.tensor(values, [outputs, inputs]);
        torch.Tensor weight = wide.to(type).clone();
        using torch.Tensor back = weight.to(torch.float32);
        rounded = back.data<float>().ToArray();
        return new LinearWeight(weight, bias is null ? null : torch.tensor(bias));
    }
}
