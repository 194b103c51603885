using System.Globalization;
using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Lab.Training.Demo;

/// <summary>Shows and logs the training of the pair, and at each checkpoint lets the model answer some held-out questions.</summary>
/// <param name="folder">Where the models and logs go.</param>
/// <param name="tokenizer">Of both models.</param>
/// <param name="progress">Shows each line of the log.</param>
/// <param name="preset">How many questions a checkpoint asks, and how long answers may be.</param>
/// <param name="threads">CPU threads that answer; 0 for all cores.</param>
internal sealed class DemoPairReport(DemoPairFolder folder, TextTokenizer tokenizer, TrainingProgress progress, DemoPairPreset preset, int threads) : ITrainingReport
{
    /// <summary>Seed of the questions while training; results are reported on others.</summary>
    public const int DevelopmentSeed = 0;

    private const int Concurrency = 64;

    private readonly Dictionary<string, TrainingLog> _logs = [];

    public void Step(ModelRecipe recipe, TrainingState state, float loss)
    {
        if (Log(recipe.Name).Add(recipe, state, loss) is not { } point) return;
        double done = recipe.Progress(state.Stage, state.Step);
        progress.Show(recipe.Name, done, string.Create(CultureInfo.InvariantCulture,
            $"stage {state.Stage + 1} of {recipe.Stages.Count}, step {state.Step} of {recipe.Steps(state.Stage)}, "
            + $"loss {point.Loss:F4}, {point.TokensPerSecond:F0} tokens/s"), TimeSpan.FromSeconds(state.Seconds / done * (1 - done)));
    }

    public void Checkpoint(ModelRecipe recipe, TrainingState state)
    {
        folder.Write(recipe.Name, state, tokenizer);
        if (preset.CheckpointQuestions == 0) return;
        double accuracy = Ask(recipe.Name, preset.CheckpointQuestions, DevelopmentSeed, Difficulty.InRange).Total.Accuracy;
        Log(recipe.Name).AddAccuracy(recipe, state, accuracy);
        progress.Say(string.Create(CultureInfo.InvariantCulture, $"{recipe.Name,-5} answers {accuracy:P1} of {preset.CheckpointQuestions} held-out questions"));
    }

    /// <summary>Lets the written model answer held-out questions.</summary>
    public EvaluationResult Ask(string model, int count, int seed, Difficulty difficulty)
    {
        using EvaluationModel loaded = EvaluationModel.Load(new TorchRunnerOptions { Model = folder.Model(model), Threads = threads }, Concurrency);
        EvaluationExample[] examples = [.. DemoExamples.HeldOut(seed, count, difficulty).Select(EvaluationExample.Of)];
        return Evaluator.RunAsync(loaded, examples, new EvaluationOptions { MaxTokens = preset.AnswerTokens }, () => { }, CancellationToken.None).GetAwaiter().GetResult();
    }

    private TrainingLog Log(string model)
    {
        if (_logs.TryGetValue(model, out TrainingLog? log)) return log;
        return _logs[model] = new TrainingLog(folder.Training(model));
    }
}
