using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Training;
using TorchSharp;

namespace AdaptiveServe.Lab.Inspection;

/// <summary>How much each layer of a model changes the residual stream; layers that change it least are the first to leave out.</summary>
/// <param name="Tokens">On how many tokens it was measured.</param>
/// <param name="Values">1 - cosine of a layer's input and output, from the first layer on.</param>
internal sealed record LayerChanges(int Tokens, IReadOnlyList<double> Values)
{
    private const int MaxTokens = 512;

    /// <summary>Plain prose, lists and numbers, so that a model of any kind finds something that it knows.</summary>
    private const string SampleText = """
        The river was high that morning, and the ferry did not cross. Anna counted the boxes on the quay: twelve with apples, seven with
        pears, and one that nobody had marked. "If each box holds twenty," she said, "we have at least three hundred and eighty." The
        harbour master wrote 12*20=240 and 7*20=140 on his slate, added them, and nodded. Later a boy asked for the days of the week in
        reverse: Sunday, Saturday, Friday, Thursday, Wednesday, Tuesday, Monday. He got an apple for it, and the ferry came at noon.
        """;

    /// <summary>The layers, the one that changes least first.</summary>
    public IReadOnlyList<int> Ranking => [.. Enumerable.Range(0, Values.Count).OrderBy(layer => Values[layer])];

    /// <param name="model">Whose weights are loaded as float32.</param>
    /// <param name="text">What it reads; null for a text that is built in.</param>
    /// <exception cref="LabException">The model has no tokenizer, or the text has fewer than two tokens.</exception>
    /// <exception cref="ModelLoadException">The weights cannot be loaded.</exception>
    public static LayerChanges Measure(ModelSummary model, string? text)
    {
        NativeTorch.Load();
        if (model.Tokenizer is not { } tokenizer) throw new LabException(model.TokenizerFault!);
        int window = model.Config.SlidingWindows.OfType<int>().DefaultIfEmpty(MaxTokens).Min();
        int most = Math.Min(Math.Min(MaxTokens, window), model.Config.MaxPositions);
        int[] tokens = [.. tokenizer.Encode(text ?? SampleText).Take(most)];
        if (tokens.Length < 2) throw new LabException("the text to measure the layers on has fewer than two tokens");
        using TrainableDecoder decoder = new(
            model.Config, TrainableDecoder.Load(model.Folder, model.Config, torch.CPU), tokens.Length, torch.CPU, torch.float32);
        return new LayerChanges(tokens.Length, decoder.LayerSensitivity(tokens));
    }
}
