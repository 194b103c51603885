using AdaptiveServe.Lab.Training.Optimization;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Training;
using TorchSharp;

namespace AdaptiveServe.Lab.Training;

/// <summary>A model in training: weights, what its optimizers remember, and how far it is.</summary>
internal sealed class TrainingState : IDisposable
{
    private readonly AdamW _adam;
    private readonly Muon _muon;

    public TrainingState(ModelRecipe recipe, int stage, DecoderWeights weights, torch.Device device)
    {
        Stage = stage;
        ModelConfig config = recipe.Config with { Layers = recipe.Stages[stage].Layers };
        Model = new TrainableDecoder(config, weights, recipe.Stages[stage].RowLength, device);
        IReadOnlyList<TrainedMatrix> matrices = [.. weights.Layers.SelectMany(layer => Matrices(config, layer))];
        _muon = new Muon(matrices);
        HashSet<torch.Tensor> inside = new(matrices.Select(matrix => matrix.Weight), ReferenceEqualityComparer.Instance);
        _adam = new AdamW([.. Model.Parameters.Where(weight => !inside.Contains(weight))]);
    }

    public TrainableDecoder Model { get; }

    public int Stage { get; }

    /// <summary>Updates in this stage.</summary>
    public int Step { get; set; }

    /// <summary>Seconds of training in all stages so far.</summary>
    public double Seconds { get; set; }

    /// <summary><see cref="Seconds"/> before the last step.</summary>
    public double StartOfStep { get; set; }

    /// <summary>Everything that a checkpoint holds beside the counters.</summary>
    public IReadOnlyList<torch.Tensor> Tensors => [.. Model.Parameters, .. _muon.State, .. _adam.State];

    /// <summary>Updates the weights from the gradients.</summary>
    public void Update(float learningRate)
    {
        Step++;
        _muon.Step(learningRate);
        _adam.Step(learningRate, Step);
    }

    public void Dispose()
    {
        _muon.Dispose();
        _adam.Dispose();
        Model.Dispose();
    }

    private static IEnumerable<TrainedMatrix> Matrices(ModelConfig config, LayerWeights layer)
    {
        AttentionWeights attention = layer.Attention;
        yield return new(attention.QueryKeyValue.Weight, [attention.QueryColumns, attention.KeyColumns, attention.KeyColumns]);
        yield return new(attention.Output.Weight, [config.HiddenSize]);
        yield return new(layer.GateUp.Weight, [config.IntermediateSize, config.IntermediateSize]);
        yield return new(layer.Down.Weight, [config.HiddenSize]);
    }
}
