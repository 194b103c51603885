using System.Diagnostics;
using System.Text.Json;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Training;

/// <summary>Writes a line on the console and in <c>training/NAME/log.jsonl</c> every few steps.</summary>
internal sealed class TrainingLog(string folder, TextWriter output) : ITrainingReport
{
    private const int StepsPerLine = 20;

    private double _loss;
    private int _steps;
    private long _since = Stopwatch.GetTimestamp();

    public void Step(ModelRecipe recipe, TrainingState state, float loss)
    {
        _loss += loss;
        _steps++;
        if (_steps < StepsPerLine && state.Step != recipe.Steps(state.Stage)) return;
        double seconds = Stopwatch.GetElapsedTime(_since).TotalSeconds, progress = recipe.Progress(state.Stage, state.Step);
        long tokens = Enumerable.Range(0, state.Stage).Sum(stage => Tokens(stage, recipe.Steps(stage))) + Tokens(state.Stage, state.Step);
        TrainingPoint point = new(
            state.Stage, state.Step, tokens, state.Seconds, _loss / Math.Max(1, _steps), Tokens(state.Stage, _steps) / seconds);
        File.AppendAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "training", recipe.Name)).FullName, "log.jsonl"),
            JsonSerializer.Serialize(point, LabJson.Line) + "\n");
        TimeSpan left = TimeSpan.FromSeconds(state.Seconds / progress * (1 - progress));
        output.WriteLine(
            $"{recipe.Name} {progress:P1} stage {state.Stage + 1} step {state.Step}/{recipe.Steps(state.Stage)} loss {point.Loss:F4} " +
            $"{point.TokensPerSecond:F0} tokens/s {left:hh\\:mm\\:ss} left");
        (_loss, _steps, _since) = (0, 0, Stopwatch.GetTimestamp());

        long Tokens(int stage, int steps) => (long)steps * recipe.TokensPerStep(stage);
    }

    public void Checkpoint(ModelRecipe recipe, TrainingState state) => (_loss, _steps, _since) = (0, 0, Stopwatch.GetTimestamp());
}
