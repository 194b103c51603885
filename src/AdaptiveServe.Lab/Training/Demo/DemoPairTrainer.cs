using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Training.Data;
using AdaptiveServe.Lab.Training.Tokenizer;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Native;
using TorchSharp;

namespace AdaptiveServe.Lab.Training.Demo;

/// <summary>Makes the demo pair from nothing: data, tokenizer, both models.</summary>
/// <param name="folder">Gets <c>small</c> and <c>large</c>, and <c>training</c> with what a run leaves for the next.</param>
/// <param name="preset">Shapes and lengths.</param>
/// <param name="seed">Of the first weights and of the data.</param>
/// <param name="report">Learns how it goes.</param>
internal sealed class DemoPairTrainer(string folder, DemoPairPreset preset, int seed, ITrainingReport report)
{
    public void Run(IReadOnlySet<string> only, CancellationToken cancellation)
    {
        NativeTorch.Load();
        torch.Device device = torch.cuda.is_available() ? torch.CUDA : torch.CPU;
        string tokenizerFolder = Path.Combine(folder, "training", "tokenizer");
        TextTokenizer tokenizer = Tokenizer(tokenizerFolder);
        foreach (ModelRecipe recipe in preset.Recipes(tokenizer.VocabularySize).Where(recipe => only.Contains(recipe.Name)))
        {
            string checkpoints = Path.Combine(folder, "training", recipe.Name);
            ModelTrainer trainer = new(recipe, (part, length) => Data(tokenizer, part, length), checkpoints, device, seed, report);
            using TrainingState state = trainer.Run(cancellation);
            Write(recipe, state, tokenizerFolder, tokenizer);
        }
    }

    /// <summary>Writes the model of a state as it is, finished or not.</summary>
    public void Write(ModelRecipe recipe, TrainingState state, string tokenizerFolder, TextTokenizer tokenizer)
    {
        string model = Path.Combine(folder, recipe.Name);
        tokenizer.TryGetId(DemoTokens.End, out int end);
        tokenizer.TryGetId(DemoTokens.Pad, out int pad);
        ModelFolder.Write(model, state.Model.Config, state.Model.Weights, end, pad);
        foreach (string name in (string[])["tokenizer.json", "tokenizer_config.json"])
            File.Copy(Path.Combine(tokenizerFolder, name), Path.Combine(model, name), overwrite: true);
    }

    private static BatchPacker Data(TextTokenizer tokenizer, int part, int rowLength)
    {
        ConversationEncoder encoder = new(tokenizer);
        tokenizer.TryGetId(DemoTokens.Pad, out int pad);
        return new BatchPacker(Conversations.Training(part).Select(encoder.Encode).GetEnumerator(), rowLength, pad);
    }

    private TextTokenizer Tokenizer(string tokenizerFolder)
    {
        if (!File.Exists(Path.Combine(tokenizerFolder, "tokenizer_config.json")))
        {
            Directory.CreateDirectory(tokenizerFolder);
            IEnumerable<string> texts = Conversations.Training(seed).Take(preset.TokenizerChats)
                .SelectMany(chat => chat.Turns.SelectMany(turn => (string[])[turn.User, turn.Assistant]).Append(chat.System ?? ""));
            BpeTrainer.Train(texts, new BpeTrainingOptions { VocabularySize = preset.VocabularySize })
                .Save(tokenizerFolder, preset.Recipes(0)[0].Config.MaxPositions);
        }

        return TokenizerLoader.Load(tokenizerFolder);
    }
}
