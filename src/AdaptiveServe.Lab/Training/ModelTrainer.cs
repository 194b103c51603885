using System.Diagnostics;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Training.Data;
using AdaptiveServe.Lab.Training.Optimization;
using AdaptiveServe.Torch.Training;
using TorchSharp;

namespace AdaptiveServe.Lab.Training;

/// <summary>Trains one model of a recipe through its stages.</summary>
/// <param name="recipe">What and how.</param>
/// <param name="openData">Opens an endless stream of chats for a seed and a row length; what goes on uses another seed than it began with.</param>
/// <param name="folder">Of its checkpoints.</param>
/// <param name="device">Where it is trained.</param>
/// <param name="seed">Of the first weights and of the data.</param>
/// <param name="report">Called after each step, and once more with an accuracy where one is due.</param>
internal sealed class ModelTrainer(
    ModelRecipe recipe, Func<int, int, BatchPacker> openData, string folder, torch.Device device, int seed, ITrainingReport report)
{
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(4);

    private readonly LearningRate _learningRate = new(recipe.LearningRate);

    /// <summary>Runs to the end, from a checkpoint if there is one. The caller owns the state.</summary>
    public TrainingState Run(CancellationToken cancellation)
    {
        TrainingState state = TrainingCheckpoint.LoadOrCreate(folder, recipe, seed, device);
        try
        {
            while (true)
            {
                RunStage(state, cancellation);
                if (state.Stage == recipe.Stages.Count - 1) return state;
                state = Grow(state);
            }
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    private void RunStage(TrainingState state, CancellationToken cancellation)
    {
        int steps = recipe.Steps(state.Stage);
        int part = Holdout.Seed($"part {state.Stage} {state.Step}", seed); // another part of the data after each start
        using BatchSource batches = new(openData(part & int.MaxValue, recipe.Stages[state.Stage].RowLength), recipe.RowsPerForward(state.Stage));
        Random drops = new(part);
        Stopwatch sinceCheckpoint = Stopwatch.StartNew();
        while (state.Step < steps)
        {
            long started = Stopwatch.GetTimestamp();
            float loss = RunStep(state, batches, drops);
            if (!float.IsFinite(loss)) throw new LabException($"The training of {recipe.Name} diverged at step {state.Step} of stage {state.Stage}.");
            state.StartOfStep = state.Seconds;
            state.Seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
            report.Step(recipe, state, loss);
            bool stops = cancellation.IsCancellationRequested;
            if (stops || state.Step == steps || sinceCheckpoint.Elapsed > CheckpointInterval)
            {
                TrainingCheckpoint.Save(folder, state);
                report.Checkpoint(recipe, state);
                sinceCheckpoint.Restart();
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }

    private float RunStep(TrainingState state, BatchSource batches, Random drops)
    {
        int forwards = recipe.ForwardsPerStep;
        float loss = 0;
        for (int i = 0; i < forwards; i++)
        {
            PackedBatch batch = batches.Next();
            int[] layers = Layers(state, drops);
            loss += state.Model.Backward(batch.Tokens, batch.Positions, batch.Rows, batch.Targets, layers, 1f / forwards) / forwards;
        }

        state.Update(recipe.Stages[state.Stage].Rate * _learningRate.At(recipe.Progress(state.Stage, state.Step)));
        return loss;
    }

    private int[] Layers(TrainingState state, Random drops)
    {
        double drop = state.Model.Config.Layers == recipe.Config.Layers ? recipe.LayerDrop : 0;
        return [.. Enumerable.Range(0, state.Model.Config.Layers).Where(_ => drops.NextDouble() >= drop)];
    }

    private TrainingState Grow(TrainingState state)
    {
        int layers = recipe.Stages[state.Stage + 1].Layers;
        var grown = new TrainingState(recipe, state.Stage + 1, DepthGrowth.Stack(state.Model.Weights, layers), device) { Seconds = state.Seconds };
        state.Dispose();
        return grown;
    }
}
