using AdaptiveServe.Lab.Training.Tokenizer;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Lab.Training.Demo;

/// <summary>Where a training of the demo pair puts things.</summary>
/// <param name="Root">Holds <c>small</c> and <c>large</c>, the two models.</param>
internal sealed record DemoPairFolder(string Root)
{
    /// <summary>The tokenizer of both models.</summary>
    public string Tokenizer => Path.Combine(Root, "training", "tokenizer");

    /// <summary>What a run leaves for the next: checkpoints, logs, plots.</summary>
    public string Training(string model) => Path.Combine(Root, "training", model);

    public string Plot(string name) => Path.Combine(Root, "training", name + ".svg");

    public string Model(string model) => Path.Combine(Root, model);

    /// <summary>Writes the model of a state as it is, finished or not.</summary>
    public void Write(string name, TrainingState state, TextTokenizer tokenizer)
    {
        ModelFolder.Write(Model(name), state.Model.Config, state.Model.Weights, Id(tokenizer, DemoTokens.End), Id(tokenizer, DemoTokens.Pad));
        foreach (string file in (string[])["tokenizer.json", "tokenizer_config.json"])
            File.Copy(Path.Combine(Tokenizer, file), Path.Combine(Model(name), file), overwrite: true);
    }

    public static int Id(TextTokenizer tokenizer, string token) =>
        tokenizer.TryGetId(token, out int id) ? id : throw new InvalidOperationException($"The tokenizer has no {token}.");
}
