using System.Text.Json;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Training;

/// <summary>The log of a model's training: <c>log.jsonl</c> in the folder of its checkpoints, a line every few steps.</summary>
internal sealed class TrainingLog(string folder)
{
    private const int StepsPerLine = 20;

    private double _loss, _since;
    private int _steps;

    /// <summary>The line before.</summary>
    public TrainingPoint? Last { get; private set; }

    /// <summary>Counts a step.</summary>
    /// <returns>The line, if one was due.</returns>
    public TrainingPoint? Add(ModelRecipe recipe, TrainingState state, float loss)
    {
        _loss += loss;
        if (_steps++ == 0) _since = state.StartOfStep;
        if (_steps < StepsPerLine && state.Step != recipe.Steps(state.Stage)) return null;
        TrainingPoint point = new(
            state.Stage, state.Step, recipe.Tokens(state.Stage, state.Step), state.Seconds, _loss / _steps,
            (double)_steps * recipe.TokensPerStep(state.Stage) / Math.Max(1e-9, state.Seconds - _since));
        Write(point);
        (_loss, _steps) = (0, 0);
        return point;
    }

    /// <summary>Adds an accuracy to the point that the training is at; loss and speed are those of the line before.</summary>
    public void AddAccuracy(ModelRecipe recipe, TrainingState state, double accuracy)
    {
        TrainingPoint before = Last ?? Read(folder)[^1];
        Write(before with
        {
            Stage = state.Stage,
            Step = state.Step,
            Tokens = recipe.Tokens(state.Stage, state.Step),
            Seconds = state.Seconds,
            Accuracy = accuracy,
        });
    }

    /// <summary>The lines of all runs so far, in the order of training.</summary>
    public static IReadOnlyList<TrainingPoint> Read(string folder)
    {
        string path = Path.Combine(folder, "log.jsonl");
        if (!File.Exists(path)) return [];
        return [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<TrainingPoint>(line, LabJson.Line)!)];
    }

    private void Write(TrainingPoint point)
    {
        Last = point;
        Directory.CreateDirectory(folder);
        File.AppendAllText(Path.Combine(folder, "log.jsonl"), JsonSerializer.Serialize(point, LabJson.Line) + "\n");
    }
}
