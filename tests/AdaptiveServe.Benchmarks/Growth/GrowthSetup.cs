using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptiveServe.Benchmarks.Growth;

/// <summary>A random model and sequences up to a length, of whose steps any number of rows at any context can be timed.</summary>
/// <remarks>
/// Their keys and values are real numbers, but those of pieces of <see cref="Piece"/> tokens computed each for itself: attention over a
/// whole long prompt would take minutes, and its results the same time in a step.
/// </remarks>
internal sealed class GrowthSetup : IDisposable
{
    private const int BlockSize = 16, Piece = 64, PiecesAtOnce = 16;

    private readonly string _folder;
    private readonly RandomModel? _model;
    private readonly TorchModelRunner _runner;
    private readonly RunningSequence[] _sequences;

    /// <summary>A random model of a shape.</summary>
    public GrowthSetup(ModelShape shape, int threads, int sequences, int context, Action<TorchRunnerOptions>? configure = null)
        : this(new RandomModel(shape), threads, sequences, context, configure)
    {
    }

    /// <param name="folder">Of the model.</param>
    /// <param name="threads">Of a forward.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="context">Tokens of each: a multiple of 64.</param>
    /// <param name="configure">What else.</param>
    /// <param name="logger">Hears what loading says.</param>
    public GrowthSetup(
        string folder, int threads, int sequences, int context, Action<TorchRunnerOptions>? configure = null, ILogger? logger = null)
    {
        _folder = folder;
        var engine = new EngineOptions { MaxSequences = sequences, MaxBatchTokens = Math.Max(sequences, Piece * PiecesAtOnce) };
        var options = new TorchRunnerOptions
        {
            Model = folder,
            KvMemory = "64", // as much as the sequences need
            MaxModelLen = context,
            BlockSize = BlockSize,
            MaxRepeatedLayers = 0,
            Threads = threads,
        };
        configure?.Invoke(options);
        _runner = TorchModelRunner.Load(options, engine, logger ?? NullLogger.Instance);
        _sequences = [.. Enumerable.Range(0, sequences).Select(i => Sequence(i, context, i * context / BlockSize))];
        Fill(sequences * context / Piece);
    }

    private GrowthSetup(RandomModel model, int threads, int sequences, int context, Action<TorchRunnerOptions>? configure)
        : this(model.Folder, threads, sequences, context, configure) => _model = model;

    public ModelInfo Info => _runner.Info;

    public long WeightBytes => new FileInfo(Path.Combine(_folder, "model.safetensors")).Length;

    /// <summary>A decode step of some of the sequences at a context.</summary>
    public Action Step(int rows, int context)
    {
        var batch = new StepBatch(ModelRole.Large);
        for (int i = 0; i < rows; i++) batch.Add(_sequences[i], context - 1, 1, 1, isDraft: false);
        return () => _runner.Execute(batch);
    }

    /// <summary>A decode step of some of the sequences, the first of which leave out every second layer.</summary>
    public Action RoutedStep(int rows, int routed, int context)
    {
        var route = LayerRoute.Plain(Info.LargeLayers).Without(layer => layer % 2 == 1);
        var batch = new StepBatch(ModelRole.Large);
        for (int i = 0; i < rows; i++)
        {
            RunningSequence sequence = Sequence(i, context, i * context / BlockSize);
            if (i < routed) sequence.SetRoute(route);
            batch.Add(sequence, context - 1, 1, 1, isDraft: false);
        }

        return () => _runner.Execute(batch);
    }

    /// <summary>The last tokens before a context of one sequence, each sampled: what verification of all but one of them costs.</summary>
    public Action Verify(int tokens, int context)
    {
        var batch = new StepBatch(ModelRole.Large);
        batch.Add(_sequences[0], context - tokens, tokens, tokens, isDraft: false);
        return () => _runner.Execute(batch);
    }

    public void Dispose()
    {
        _runner.Dispose();
        _model?.Dispose();
    }

    private static RunningSequence Sequence(int number, int tokens, int firstBlock)
    {
        int[] prompt = [.. Enumerable.Range(0, tokens).Select(i => (i * 31 + number * 17) % 2000)];
        var sampling = new SamplingParams { Temperature = 0, MaxTokens = 1, IgnoreEos = true };
        var running = new RunningSequence(new Sequence(prompt, sampling), new LargeOnlyStrategy(), null);
        for (int i = 0; i < tokens / BlockSize; i++) running.Table(ModelRole.Large).Add(firstBlock + i);
        return running;
    }

    private void Fill(int pieces)
    {
        var batch = new StepBatch(ModelRole.Large);
        for (int piece = 0; piece < pieces; piece++)
        {
            batch.Add(Sequence(piece, Piece, piece * Piece / BlockSize), 0, Piece, 0, isDraft: false);
            if (batch.Rows.Length < PiecesAtOnce && piece < pieces - 1) continue;
            _runner.Execute(batch);
            batch.Clear();
        }
    }
}
