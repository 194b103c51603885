using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Training.Data;
using AdaptiveServe.Lab.Training.Tokenizer;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Native;
using TorchSharp;

namespace AdaptiveServe.Lab.Training.Demo;

/// <summary>Makes the demo pair from nothing: data, tokenizer, both models, their scores and cards.</summary>
/// <param name="folder">Where everything goes, and where an interrupted run left what it had.</param>
/// <param name="preset">Shapes and lengths.</param>
/// <param name="seed">Of the first weights and of the data.</param>
/// <param name="threads">CPU threads; 0 for all cores.</param>
/// <param name="progress">Shows how it goes.</param>
internal sealed class DemoPairTrainer(DemoPairFolder folder, DemoPairPreset preset, int seed, int threads, TrainingProgress progress)
{
    /// <summary>Seed of the questions that scores are reported on.</summary>
    private const int TestSeed = 1;

    /// <param name="only">Names of the models to train.</param>
    /// <param name="cancellation">Saves a checkpoint and stops.</param>
    public void Run(IReadOnlySet<string> only, CancellationToken cancellation)
    {
        NativeTorch.Load();
        if (threads > 0) torch.set_num_threads(threads); // of this thread: the training stays on it
        torch.Device device = torch.cuda.is_available() ? torch.CUDA : torch.CPU;
        TextTokenizer tokenizer = Tokenizer();
        DemoPairReport report = new(folder, tokenizer, progress, preset, threads);
        IReadOnlyList<ModelRecipe> recipes = preset.Recipes(tokenizer.VocabularySize);
        foreach (ModelRecipe recipe in recipes.Where(recipe => only.Contains(recipe.Name)))
        {
            ModelTrainer trainer = new(
                recipe, (part, length) => Data(tokenizer, part, length), folder.Training(recipe.Name), device, seed, report);
            using TrainingState state = trainer.Run(cancellation);
            folder.Write(recipe.Name, state, tokenizer);
        }

        Evaluate([.. recipes.Where(recipe => Directory.Exists(folder.Model(recipe.Name)))], report);
    }

    private static BatchPacker Data(TextTokenizer tokenizer, int part, int rowLength)
    {
        ConversationEncoder encoder = new(tokenizer);
        return new BatchPacker(
            Conversations.Training(part).Select(encoder.Encode).GetEnumerator(), rowLength, DemoPairFolder.Id(tokenizer, DemoTokens.Pad));
    }

    private void Evaluate(IReadOnlyList<ModelRecipe> recipes, DemoPairReport report)
    {
        Dictionary<string, EvaluationResult> results = [];
        foreach (ModelRecipe recipe in recipes)
        {
            progress.Say($"{recipe.Name,-5} answers {preset.TestQuestions} held-out questions, and {preset.TestQuestions} out of range");
            results[recipe.Name] = report.Ask(recipe.Name, preset.TestQuestions, TestSeed, Difficulty.InRange);
            EvaluationResult harder = report.Ask(recipe.Name, preset.TestQuestions, TestSeed, Difficulty.OutOfRange);
            ModelCard.Write(folder, recipe, seed, results[recipe.Name], harder);
        }

        var logs = recipes.ToDictionary(recipe => recipe.Name, recipe => TrainingLog.Read(folder.Training(recipe.Name)));
        TrainingPlots.Loss(folder.Plot("loss"), logs);
        TrainingPlots.Accuracy(folder.Plot("accuracy"), logs);
        TrainingPlots.Tasks(folder.Plot("tasks"), results);
    }

    private TextTokenizer Tokenizer()
    {
        // The configuration is written last.
        if (!File.Exists(Path.Combine(folder.Tokenizer, "tokenizer_config.json")))
        {
            Directory.CreateDirectory(folder.Tokenizer);
            IEnumerable<string> texts = Conversations.Training(seed).Take(preset.TokenizerChats)
                .SelectMany(chat => chat.Turns.SelectMany(turn => (string[])[turn.User, turn.Assistant]).Append(chat.System ?? ""));
            BpeTrainer.Train(texts, new BpeTrainingOptions { VocabularySize = preset.VocabularySize })
                .Save(folder.Tokenizer, DemoPairPreset.MaxPositions);
        }

        return TokenizerLoader.Load(folder.Tokenizer);
    }
}
