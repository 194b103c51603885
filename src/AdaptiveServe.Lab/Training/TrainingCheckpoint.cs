using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Saving;
using AdaptiveServe.Torch.Training;
using TorchSharp;

namespace AdaptiveServe.Lab.Training;

/// <summary>A training's state in a folder, from which an interrupted run goes on. Whole or not there.</summary>
internal static class TrainingCheckpoint
{
    private const string FileName = "model.safetensors";
    private const string Counters = "counters"; // stage, step, seconds: exact in float32 up to 2^24

    public static void Save(string folder, TrainingState state)
    {
        Directory.CreateDirectory(folder);
        using torch.Tensor counters = torch.tensor(new[] { state.Stage, state.Step, (float)state.Seconds });
        IReadOnlyList<torch.Tensor> tensors = state.Tensors;
        using OutputFile file = OutputFile.Create(Path.Combine(folder, FileName));
        SafetensorsWriter.Write(file.Stream, [(Counters, counters), .. tensors.Select((tensor, i) => (Name(i), tensor))]);
        file.Commit();
    }

    /// <summary>Reads what <see cref="Save"/> wrote, or makes the state of a training that has not begun.</summary>
    public static TrainingState LoadOrCreate(string folder, ModelRecipe recipe, int seed, torch.Device device)
    {
        NativeTorch.Load();
        if (!File.Exists(Path.Combine(folder, FileName))) return Create(recipe, 0, seed, device);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        using WeightReader reader = new(checkpoint);
        using torch.Tensor counters = reader.Read(Counters, [3], torch.ScalarType.Float32, torch.CPU);
        float[] values = [.. counters.data<float>()];
        TrainingState state = Create(recipe, (int)values[0], seed, device);
        (state.Step, state.Seconds) = ((int)values[1], values[2]);
        using var noGrad = torch.no_grad();
        IReadOnlyList<torch.Tensor> tensors = state.Tensors;
        for (int i = 0; i < tensors.Count; i++) reader.ReadInto(Name(i), tensors[i].shape, tensors[i]);
        return state;
    }

    private static TrainingState Create(ModelRecipe recipe, int stage, int seed, torch.Device device)
    {
        using WeightInitializer initializer = new(recipe.Config with { Layers = recipe.Stages[stage].Layers }, device, seed);
        DecoderWeights weights = initializer.Create();
        return new TrainingState(recipe, stage, weights, device);
    }

    private static string Name(int index) => $"state.{index}";
}
