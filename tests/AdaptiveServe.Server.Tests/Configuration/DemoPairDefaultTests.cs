using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Loading;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Tests.Configuration;

public class DemoPairDefaultTests
{
    private static readonly DemoPair Pair = new("there/large", "there/small");

    [Theory, InlineData("", null), InlineData("", true), InlineData("demo", null), InlineData("demo", true)]
    public void PostConfigure_PairIsMeant_FillsInItsFolders(string model, bool? demo)
    {
        TorchRunnerOptions options = Configure(Pair, model, null, demo);
        Assert.Equal((Pair.Large, Pair.Small, true), (options.Model, options.SmallModel, options.Demo));
    }

    [Theory, InlineData(null, null), InlineData("small", null), InlineData("small", false), InlineData(null, false)]
    public void PostConfigure_ModelIsNamed_LeavesIt(string? small, bool? demo)
    {
        TorchRunnerOptions options = Configure(Pair, "named", small, demo);
        Assert.Equal(("named", small, demo), (options.Model, options.SmallModel, options.Demo));
    }

    [Theory]
    [InlineData("named", null, true, "--demo: the demo pair is both models")]
    [InlineData("", "small", true, "--demo: the demo pair is both models")]
    [InlineData("demo", "small", null, "--demo: the demo pair is both models")]
    [InlineData("", "small", null, "--small-model: a small model needs its large one")]
    [InlineData("", "small", false, "--small-model: a small model needs its large one")]
    [InlineData("", null, false, "--model: name the folder of a model.")]
    [InlineData("demo", null, false, "--model: name the folder of a model.")]
    public void PostConfigure_Contradiction_NamesTheFlag(string model, string? small, bool? demo, string message) =>
        Assert.StartsWith(message, Failure(Pair, model, small, demo), StringComparison.Ordinal);

    [Theory, InlineData("", null, "--model: "), InlineData("", true, "--demo: "), InlineData("demo", null, "--demo: ")]
    public void PostConfigure_NoPair_SaysWhatToDo(string model, bool? demo, string flag)
    {
        string failure = Failure(null, model, null, demo);
        Assert.StartsWith(flag, failure, StringComparison.Ordinal);
        Assert.EndsWith("name the folder of a model with --model.", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoModelAndNoPair_IsRefused()
    {
        await using WebApplication app = AdaptiveServeHost.Create([], services => services.AddSingleton<Func<DemoPair?>>(() => null));
        var refused = Assert.Throws<OptionsValidationException>(() => app.Services.GetRequiredService<IStartupValidator>().Validate());
        Assert.StartsWith("Model: there is no demo pair", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    private static TorchRunnerOptions Configure(DemoPair? pair, string model, string? small, bool? demo)
    {
        var options = new TorchRunnerOptions { Model = model, SmallModel = small, Demo = demo };
        new DemoPairDefault(() => pair).PostConfigure(Options.DefaultName, options);
        return options;
    }

    private static string Failure(DemoPair? pair, string model, string? small, bool? demo)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Configure(pair, model, small, demo));
        return Settings.ToFlag(Assert.Single(refused.Failures));
    }
}
