using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Server.Tests.Hosting;

public class LoadedModelsTests
{
    private static readonly ModelInfo Info = new()
    {
        VocabularySize = 9,
        ContextLength = 9,
        EosIds = [0],
        BlockSize = 1,
        LargeBlocks = 9,
        SmallBlocks = 9,
        LargeLayers = 10,
        SmallLayers = 1,
        LargeParameters = 8_412_345,
        SmallParameters = 260_032,
    };

    [Fact]
    public void Describe_DemoPair_SaysSo() => Assert.Equal(
        "the demo pair (large: 10 layers, 8.4M parameters; small: 1 layer, 260K parameters)",
        LoadedModels.Describe(new TorchRunnerOptions { Model = "a/large", SmallModel = "a/small", Demo = true }, Info));

    [Fact]
    public void Describe_NamedModels_AreTheirFolders()
    {
        var options = new TorchRunnerOptions { Model = "big", SmallModel = "little" };
        Assert.Equal("model big (10 layers, 8.4M parameters), small model little (1 layer, 260K parameters)", LoadedModels.Describe(options, Info));
        options.Adapter = "changes";
        Assert.Contains("parameters) with the adapter changes, small model", LoadedModels.Describe(options, Info), StringComparison.Ordinal);
        ModelInfo alone = Info with { SmallBlocks = 0, LargeParameters = 7_000_000_000 };
        Assert.Equal("model big (10 layers, 7.0B parameters)", LoadedModels.Describe(new TorchRunnerOptions { Model = "big" }, alone));
    }
}
