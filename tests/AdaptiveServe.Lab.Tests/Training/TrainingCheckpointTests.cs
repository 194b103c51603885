using AdaptiveServe.Lab.Training;
using AdaptiveServe.Lab.Training.Data;
using AdaptiveServe.Torch.Loading;
using TorchSharp;

namespace AdaptiveServe.Lab.Tests.Training;

public class TrainingCheckpointTests
{
    private static readonly ModelRecipe Recipe = new(
        "tiny",
        new ModelConfig
        {
            Family = ModelFamily.Llama,
            HiddenSize = 16,
            IntermediateSize = 24,
            Layers = 2,
            AttentionHeads = 2,
            KeyValueHeads = 1,
            HeadDim = 8,
            VocabularySize = 20,
            MaxPositions = 32,
            RmsNormEpsilon = 1e-5,
            TieWordEmbeddings = true,
        },
        [new TrainingStage(1, 64, 16), new TrainingStage(2, 192, 16)], 4e-3f)
    {
        ForwardsPerStep = 1,
        TokensPerForward = 16,
    };

    [Fact]
    public void LoadOrCreate_Saved_GoesOnExactly()
    {
        using TemporaryFolder folder = new();
        using TrainingState first = TrainingCheckpoint.LoadOrCreate(folder.Path, Recipe, seed: 3, torch.CPU);
        Advance(first, from: 0, steps: 3);
        TrainingCheckpoint.Save(folder.Path, first);
        using TrainingState second = TrainingCheckpoint.LoadOrCreate(folder.Path, Recipe, seed: 99, torch.CPU);
        Assert.Equal(3, second.Step);

        Advance(first, from: 3, steps: 4);
        Advance(second, from: 3, steps: 4);

        Assert.Equal(Values(first), Values(second));
    }

    [Fact]
    public void Run_Interrupted_EndsWithSameCountersAsWithout()
    {
        using TemporaryFolder whole = new(), broken = new();
        using Stop never = new(int.MaxValue);
        using TrainingState uninterrupted = Trainer(whole.Path, never).Run(CancellationToken.None);
        using Stop stop = new(after: 2);
        Assert.Throws<OperationCanceledException>(() => Trainer(broken.Path, stop).Run(stop.Token));
        using TrainingState resumed = Trainer(broken.Path, never).Run(CancellationToken.None);

        Assert.Equal((uninterrupted.Stage, uninterrupted.Step), (resumed.Stage, resumed.Step));
        Assert.Equal(Recipe.Steps(1), resumed.Step);
        Assert.Equal(2, resumed.Model.Config.Layers);
    }

    private static ModelTrainer Trainer(string folder, Stop report) =>
        new(Recipe, (seed, length) => new BatchPacker(Chats(seed).GetEnumerator(), length, padToken: 1), folder, torch.CPU, 3, report);

    private static void Advance(TrainingState state, int from, int steps)
    {
        for (int i = from; i < from + steps; i++)
        {
            int[] tokens = [.. Enumerable.Range(0, 16).Select(place => (place * 7 + i * 3) % 20)];
            state.Model.Backward(tokens, [.. Enumerable.Range(0, 16)], [3, 9], [tokens[4], tokens[10]], [0], 1);
            state.Update(0.01f);
        }
    }

    private static IEnumerable<EncodedConversation> Chats(int seed)
    {
        Random random = new(seed);
        while (true) yield return new EncodedConversation([.. Enumerable.Range(0, 8).Select(_ => random.Next(20))], [.. Enumerable.Range(0, 8).Select(i => i > 2)]);
    }

    private static float[][] Values(TrainingState state) =>
        [.. state.Tensors.Select(tensor => tensor.detach().contiguous().data<float>().ToArray())];

    /// <summary>Cancels after some steps.</summary>
    private sealed class Stop(int after) : ITrainingReport, IDisposable
    {
        private readonly CancellationTokenSource _source = new();
        private int _steps;

        public CancellationToken Token => _source.Token;

        public void Step(ModelRecipe recipe, TrainingState state, float loss)
        {
            if (++_steps == after) _source.Cancel();
        }

        public void Checkpoint(ModelRecipe recipe, TrainingState state)
        {
        }

        public void Dispose() => _source.Dispose();
    }
}
