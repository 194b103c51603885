using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Text.ChatTemplates;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Running;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Hosting;

/// <summary>Makes the served model from the options: tokenizer, models, engine.</summary>
internal class ModelLoader(
    IOptions<TorchRunnerOptions> torch, IOptions<EngineOptions> engine, IOptions<ServerOptions> server, TimeProvider time, ILoggerFactory loggers)
{
    /// <exception cref="TokenizerLoadException">A tokenizer is not usable.</exception>
    /// <exception cref="ChatTemplateException">A chat template is not usable.</exception>
    /// <exception cref="ModelLoadException">A model is not usable.</exception>
    public ServedModel Load()
    {
        TextTokenizer tokenizer = LoadTokenizer(torch.Value);
        ChatTemplateSet? templates = ChatTemplateLoader.Load(torch.Value.Model, server.Value.ChatTemplate);
        EntropyCalibration? calibration = torch.Value.SmallModel is { } small ? EntropyCalibration.Find(torch.Value.Model, small) : null;
        IModelRunner runner = CreateRunner(torch.Value, engine.Value, loggers.CreateLogger<TorchModelRunner>());
        var strategies = StrategyRegistry.Create(engine.Value.ShareDraftStatistics);
        var started = new InferenceEngine(runner, strategies, engine.Value, time, loggers.CreateLogger<InferenceEngine>());
        started.Start();
        return new ServedModel(server.Value.ServedModelName ?? ModelName(torch.Value), tokenizer, templates, started, time.GetUtcNow())
        {
            Calibration = calibration,
        };
    }

    /// <summary>Tests put a model without tensors here.</summary>
    protected virtual IModelRunner CreateRunner(TorchRunnerOptions options, EngineOptions engine, ILogger logger) =>
        TorchModelRunner.Load(options, engine, logger);

    private static TextTokenizer LoadTokenizer(TorchRunnerOptions options)
    {
        TextTokenizer tokenizer = TokenizerLoader.Load(options.Model);
        if (options.SmallModel is { } small) TokenizerPair.EnsureSame(tokenizer, TokenizerLoader.Load(small));
        return tokenizer;
    }

    private static string ModelName(TorchRunnerOptions options) =>
        options.Demo == true ? DemoPair.Name : new DirectoryInfo(options.Model).Name;
}
