using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Torch.Tests.Routing;

/// <summary>Writes routers whose decisions a test chooses.</summary>
internal static class RouterFiles
{
    /// <summary>Networks without weights: the biases of the logits are what they say of every prompt. A threshold of 0 goes with every budget below 1.</summary>
    /// <param name="folder">The model's.</param>
    /// <param name="logits">For each layer: skip, run, run twice.</param>
    /// <param name="fingerprint">Null for the model's own.</param>
    public static void WriteBottlenecks(string folder, float[][] logits, string? fingerprint = null)
    {
        int hidden = ModelConfig.Load(folder).HiddenSize;
        List<(string, string, long[], byte[])> tensors = [Quantiles()];
        for (int layer = 0; layer < logits.Length; layer++)
        {
            tensors.Add(Zeros(BottleneckRouter.DownWeight(layer), BottleneckRouter.Width, hidden));
            tensors.Add(Zeros(BottleneckRouter.DownBias(layer), BottleneckRouter.Width));
            tensors.Add(Zeros(BottleneckRouter.UpWeight(layer), 3, BottleneckRouter.Width));
            tensors.Add((BottleneckRouter.UpBias(layer), "F32", [3], SafetensorsWriter.Bytes(logits[layer])));
        }

        Write(folder, BottleneckRouter.FileName, fingerprint, tensors);
    }

    /// <summary>Networks with random weights, whose decisions depend on the prompt.</summary>
    public static void WriteRandomBottlenecks(string folder, int seed)
    {
        ModelConfig config = ModelConfig.Load(folder);
        Random random = new(seed);
        List<(string, string, long[], byte[])> tensors = [Quantiles()];
        for (int layer = 0; layer < config.Layers; layer++)
        {
            tensors.Add(Any(BottleneckRouter.DownWeight(layer), BottleneckRouter.Width, config.HiddenSize));
            tensors.Add(Any(BottleneckRouter.DownBias(layer), BottleneckRouter.Width));
            tensors.Add(Any(BottleneckRouter.UpWeight(layer), 3, BottleneckRouter.Width));
            tensors.Add(Zeros(BottleneckRouter.UpBias(layer), 3));
        }

        Write(folder, BottleneckRouter.FileName, null, tensors);

        (string, string, long[], byte[]) Any(string name, params long[] shape) =>
            (name, "F32", shape, SafetensorsWriter.Bytes([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5))]));
    }

    /// <summary>Gates without weights: sigmoid of the biases for every prompt.</summary>
    public static void WriteGates(string folder, float[] biases)
    {
        int hidden = ModelConfig.Load(folder).HiddenSize;
        Write(folder, GateRouter.FileName, null,
            [Quantiles(), Zeros(GateRouter.WeightName, biases.Length, hidden), (GateRouter.BiasName, "F32", [biases.Length], SafetensorsWriter.Bytes(biases))]);
    }

    public static void Write(
        string folder, string name, string? fingerprint, IReadOnlyList<(string Name, string Dtype, long[] Shape, byte[] Data)> tensors)
    {
        string path = Path.Combine(folder, name), metadata = $$"""{"__metadata__":{"model":"{{fingerprint ?? ModelFingerprint.Of(folder)}}"},""";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        long offset = 0;
        List<string> entries = [];
        foreach ((string tensor, string dtype, long[] shape, byte[] data) in tensors)
        {
            entries.Add(SafetensorsWriter.Entry(tensor, dtype, shape, offset, offset + data.Length));
            offset += data.Length;
        }

        SafetensorsWriter.WriteRaw(path, metadata + string.Join(',', entries) + "}", [.. tensors.SelectMany(tensor => tensor.Data)]);
    }

    public static (string Name, string Dtype, long[] Shape, byte[] Data) Quantiles(float from = 0, float to = 0) => (RouterFile.QuantilesName, "F32", [ScoreQuantiles.Count],
        SafetensorsWriter.Bytes([.. Enumerable.Range(0, ScoreQuantiles.Count).Select(i => from + (to - from) * i / (ScoreQuantiles.Count - 1))]));

    public static (string Name, string Dtype, long[] Shape, byte[] Data) Zeros(string name, params long[] shape) =>
        (name, "F32", shape, new byte[shape.Aggregate(4L, (a, b) => a * b)]);
}
