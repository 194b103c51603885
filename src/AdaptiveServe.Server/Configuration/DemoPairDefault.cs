using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Configuration;

/// <summary>
/// Decides which models are served: those that are named, else the demo pair. <c>--model demo</c> names the pair, unless there is a folder
/// of that name.
/// </summary>
/// <param name="find">Looks for the pair; null when there is none.</param>
internal sealed class DemoPairDefault(Func<DemoPair?> find) : IPostConfigureOptions<TorchRunnerOptions>
{
    /// <exception cref="OptionsValidationException">What is named contradicts itself, or nothing is named and there is no pair.</exception>
    public void PostConfigure(string? name, TorchRunnerOptions options)
    {
        if (NamesThePair(options)) (options.Model, options.Demo) = ("", options.Demo ?? true);
        bool namesLarge = !string.IsNullOrEmpty(options.Model), namesSmall = !string.IsNullOrEmpty(options.SmallModel);
        if (options.Demo == true && (namesLarge || namesSmall))
            throw Refusal("Demo: the demo pair is both models; leave out --model and --small-model, or --demo.");
        if (namesSmall && !namesLarge) throw Refusal("SmallModel: a small model needs its large one; name that with --model.");
        if (namesLarge) return;
        if (options.Demo == false) throw Refusal("Model: name the folder of a model.");
        DemoPair pair = find() ?? throw Refusal($"{(options.Demo == true ? nameof(options.Demo) : nameof(options.Model))}: "
            + "there is no demo pair (models/demo) beside the program, in this folder or above it; name the folder of a model with --model.");
        (options.Model, options.SmallModel, options.Demo) = (pair.Large, pair.Small, true);
    }

    private static bool NamesThePair(TorchRunnerOptions options) => options.Model == DemoPair.Name && !Directory.Exists(options.Model);

    private static OptionsValidationException Refusal(string message) => new(Options.DefaultName, typeof(TorchRunnerOptions), [message]);
}
