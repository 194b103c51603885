using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Lab.LayerRouting.Training;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Saving;
using TorchSharp;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>The training of an adapter in a file, from which one that was ended goes on after its last whole pass.</summary>
internal static class AdapterState
{
    /// <summary>Its place in the folder of what is written; it goes when the training is done.</summary>
    public const string FileName = "adaptive/gate-adapter.state.safetensors";

    private const string Key = "training", Counters = "counters"; // pass and update: exact in float32 up to 2^24

    /// <param name="path">The file.</param>
    /// <param name="training">Model and options in words.</param>
    /// <param name="trainer">What is saved.</param>
    public static void Save(string path, string training, AdapterTrainer trainer)
    {
        using torch.Tensor counters = torch.tensor(new float[] { trainer.Epoch, trainer.Step });
        using OutputFile file = OutputFile.Create(path);
        SafetensorsWriter.Write(
            file.Stream, [(Counters, counters), .. trainer.State.Select((tensor, i) => (Name(i), tensor))], new Dictionary<string, string> { [Key] = training });
        file.Commit();
    }

    /// <summary>Whether there is a training to go on with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="training">As in <see cref="Save"/>.</param>
    /// <exception cref="LabException">It is of another training.</exception>
    /// <exception cref="ModelLoadException">It is no such file.</exception>
    public static bool Exists(string path, string training)
    {
        if (!File.Exists(path)) return false;
        using Checkpoint checkpoint = Checkpoint.OpenFile(path);
        if (checkpoint.Metadata.GetValueOrDefault(Key) == training) return true;
        throw new LabException($"{path}: is of a training of another model or with other options; go on with those, or take it away");
    }

    /// <summary>Goes on with what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelLoadException">It is no such file.</exception>
    public static void Load(string path, AdapterTrainer trainer)
    {
        using Checkpoint checkpoint = Checkpoint.OpenFile(path);
        using WeightReader reader = new(checkpoint);
        using torch.Tensor counters = reader.Read(Counters, [2], torch.ScalarType.Float32, torch.CPU);
        float[] values = [.. counters.data<float>()];
        IReadOnlyList<torch.Tensor> tensors = trainer.State;
        for (int i = 0; i < tensors.Count; i++) reader.ReadInto(Name(i), tensors[i].shape, tensors[i]);
        (trainer.Epoch, trainer.Step) = ((int)values[0], (int)values[1]);
    }

    private static string Name(int index) => $"state.{index}";
}
