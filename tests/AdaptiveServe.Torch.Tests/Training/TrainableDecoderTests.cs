using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Saving;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;
using AdaptiveServe.Torch.Training;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Training;

public class TrainableDecoderTests
{
    private const int RowLength = 12;

    private static readonly int[] AllLayers = [0, 1, 2];
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 2 * RowLength).Select(i => (i * 37 + 11) % 90)];

    // Two sequences in the first row, one in the second.
    private static readonly int[] Positions = [.. Enumerable.Range(0, 5), .. Enumerable.Range(0, 7), .. Enumerable.Range(0, RowLength)];

    [Theory, InlineData("llama"), InlineData("qwen3, explicit head size"), InlineData("llama 3 rope, all biases")]
    public void Backward_Float32_LossEqualsDefinition(string family)
    {
        using TinyModel tiny = new(DecoderTests.Families[family]);
        using TrainableDecoder decoder = Trainable(tiny);
        int[] rows = [2, 3, 7, 10, 15, 22];

        float loss = decoder.Backward(Tokens, Positions, rows, [.. rows.Select(row => Tokens[row + 1])], AllLayers, 1);

        Assert.Equal(rows.Average(row => -Expected(tiny, row)[Tokens[row + 1]]), loss, 4);
    }

    [Fact]
    public void Backward_Gradient_EqualsDifferenceQuotient()
    {
        using TinyModel tiny = new(DecoderTests.Families["llama, tied, odd sizes"]);
        using TrainableDecoder decoder = Trainable(tiny);
        Loss(decoder, weight: 2);
        torch.Tensor[] weights = [.. decoder.Parameters];
        Assert.All(weights, weight => Assert.False(weight.grad is null));
        float[] gradients = [.. weights.Select(weight => weight.grad!.flatten()[3].item<float>())]; // measuring slopes adds to them
        foreach ((torch.Tensor weight, float analytic) in weights.Zip(gradients))
            Assert.Equal(2 * Slope(decoder, weight), analytic, 2e-2 * Math.Max(1, Math.Abs(analytic)));
    }

    [Fact]
    public void Backward_LayerLeftOut_EqualsModelWithoutIt()
    {
        string config = DecoderTests.Families["llama"];
        using TinyModel tiny = new(config);
        using TrainableDecoder decoder = Trainable(tiny);
        float all = Loss(decoder), two = Loss(decoder, [0, 2]);
        Assert.NotEqual(all, two);

        // Without the middle layer, the layers are those of a model of two.
        ModelConfig shallow = tiny.Config with { Layers = 2 };
        DecoderWeights weights = TrainableDecoder.Load(tiny.Folder, tiny.Config, torch.CPU);
        weights.Layers[1].Dispose();
        using TrainableDecoder without = new(shallow, weights with { Layers = [weights.Layers[0], weights.Layers[2]] }, RowLength, torch.CPU, torch.float32);
        Assert.Equal(two, Loss(without, [0, 1]));
    }

    [Fact]
    public void Backward_BFloat16_IsNearFloat32()
    {
        using TinyModel tiny = new(DecoderTests.Families["llama"]);
        using TrainableDecoder exact = Trainable(tiny);
        using TrainableDecoder rounded = new(tiny.Config, TrainableDecoder.Load(tiny.Folder, tiny.Config, torch.CPU), RowLength, torch.CPU);
        Assert.Equal(Loss(exact), Loss(rounded), 0.05);
    }

    [Theory, InlineData("llama"), InlineData("qwen3, explicit head size"), InlineData("llama 3 rope, all biases")]
    public void Saved_LoadedAgain_HasSameWeights(string family)
    {
        using TinyModel tiny = new(DecoderTests.Families[family]);
        using DecoderWeights weights = TrainableDecoder.Load(tiny.Folder, tiny.Config, torch.CPU);
        using TempFolder folder = new();
        using (FileStream file = File.Create(folder.File("model.safetensors")))
            Saving.SafetensorsWriter.Write(file, DecoderTensors.Of(tiny.Config, weights));
        using DecoderWeights again = TrainableDecoder.Load(folder.Path, tiny.Config, torch.CPU);
        Assert.Equal(
            weights.Linears().Select(linear => linear.Weight).Concat(weights.Vectors()).Select(Values),
            again.Linears().Select(linear => linear.Weight).Concat(again.Vectors()).Select(Values));
    }

    [Fact]
    public void Stack_Deeper_RepeatsLayersInCopies()
    {
        using TinyModel tiny = new(DecoderTests.Families["llama"]);
        using DecoderWeights weights = TrainableDecoder.Load(tiny.Folder, tiny.Config, torch.CPU);
        using DecoderWeights grown = DepthGrowth.Stack(weights, 7);
        Assert.Equal(7, grown.Layers.Count);
        for (int i = 0; i < 7; i++) Assert.Equal(Values(weights.Layers[i % 3].Down.Weight), Values(grown.Layers[i].Down.Weight));
        grown.Layers[3].Down.Weight.zero_();
        Assert.NotEqual(Values(grown.Layers[3].Down.Weight), Values(grown.Layers[0].Down.Weight));
        Assert.Equal(Values(weights.Layers[0].Down.Weight), Values(grown.Layers[0].Down.Weight));
    }

    [Fact]
    public void LayerSensitivity_LayerThatAddsNothing_IsZero()
    {
        using TinyModel tiny = new(DecoderTests.Families["llama"]);
        using TrainableDecoder decoder = Trainable(tiny);
        using (torch.no_grad())
        {
            decoder.Weights.Layers[1].Down.Weight.zero_();
            decoder.Weights.Layers[1].Attention.Output.Weight.zero_();
        }

        double[] changes = decoder.LayerSensitivity(Tokens.AsSpan(0, RowLength));

        Assert.Equal(0, changes[1], 5);
        Assert.InRange(changes[0], 0.001, 2);
        Assert.InRange(changes[2], 0.001, 2);
    }

    /// <summary>What is trained is what is merged when its file is loaded.</summary>
    [Theory, InlineData("llama"), InlineData("qwen3, explicit head size"), InlineData("llama 3 rope, all biases")]
    public void LowRank_LossEqualsMergedModel(string family)
    {
        using TinyModel tiny = new(DecoderTests.Families[family]);
        using TrainableDecoder decoder = Trainable(tiny);
        float plain = Loss(decoder);
        using LowRankWeights low = new(tiny.Config, decoder.Weights, rank: 3, alpha: 6, seed: 1);
        decoder.LowRank = low;
        Assert.Equal(plain, Loss(decoder)); // B begins with zeros
        using (torch.no_grad())
            foreach (torch.Tensor weight in low.Parameters) weight.normal_(0, 0.2);
        float adapted = Loss(decoder);
        Assert.NotEqual(plain, adapted, 0.01);

        using LoraFolder folder = new LoraFolder(tiny.Config, rank: 3, ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]).Write();
        using (FileStream file = File.Create(Path.Combine(folder.Path, LoraAdapter.WeightsFile))) Saving.SafetensorsWriter.Write(file, low.Tensors);
        using Checkpoint checkpoint = Checkpoint.Open(tiny.Folder);
        using LoraAdapter adapter = LoraAdapter.Open(folder.Path, tiny.Folder, DecoderWeights.Names(tiny.Config));
        DecoderWeights merged = DecoderWeights.Load(
            tiny.Config, checkpoint, new WeightTypes(torch.ScalarType.Float32, torch.ScalarType.Float32), torch.CPU, adapter);
        using TrainableDecoder whole = new(tiny.Config, merged, RowLength, torch.CPU, torch.float32);
        Assert.Equal(Loss(whole), adapted, 1e-4);
    }

    [Fact]
    public void LowRank_Gradient_EqualsDifferenceQuotient()
    {
        using TinyModel tiny = new(DecoderTests.Families["llama, tied, odd sizes"]);
        using TrainableDecoder decoder = Trainable(tiny);
        decoder.Freeze();
        using LowRankWeights low = new(tiny.Config, decoder.Weights, rank: 2, alpha: 4, seed: 1);
        using (torch.no_grad())
            foreach (torch.Tensor weight in low.Parameters) weight.normal_(0, 0.2);
        decoder.LowRank = low;
        Loss(decoder);
        Assert.All(decoder.Parameters, weight => Assert.True(weight.grad is null));
        float[] gradients = [.. low.Parameters.Select(weight => weight.grad!.flatten()[3].item<float>())];
        foreach ((torch.Tensor weight, float analytic) in low.Parameters.Zip(gradients))
            Assert.Equal(Slope(decoder, weight), analytic, 2e-2 * Math.Max(1, Math.Abs(analytic)));
    }

    private static TrainableDecoder Trainable(TinyModel tiny) =>
        new(tiny.Config, TrainableDecoder.Load(tiny.Folder, tiny.Config, torch.CPU), RowLength, torch.CPU, torch.float32);

    private static float Loss(TrainableDecoder decoder, int[]? layers = null, float weight = 1) =>
        decoder.Backward(Tokens, Positions, [4, 9, 20], [1, 2, 3], layers ?? [.. Enumerable.Range(0, decoder.Config.Layers)], weight);

    private static double Slope(TrainableDecoder decoder, torch.Tensor weight)
    {
        const float Step = 1e-2f;
        using var noGrad = torch.no_grad();
        double[] losses = [.. new[] { Step, -2 * Step }.Select(change =>
        {
            weight.flatten().narrow(0, 3, 1).add_(change);
            using var grad = torch.enable_grad();
            return (double)Loss(decoder);
        })];
        weight.flatten().narrow(0, 3, 1).add_(Step);
        return (losses[0] - losses[1]) / (2 * Step);
    }

    /// <summary>The definition's log-probabilities after a token of the batch, given its own sequence alone.</summary>
    private static double[] Expected(TinyModel tiny, int row)
    {
        int start = row - Positions[row];
        return new NaiveDecoder(tiny).LogProbabilities(Tokens.AsSpan(start, Positions[row] + 1))[^1];
    }

    private static float[] Values(torch.Tensor tensor) => [.. tensor.detach().contiguous().data<float>()];
}
