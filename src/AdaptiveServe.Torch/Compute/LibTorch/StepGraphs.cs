using AdaptiveServe.Torch.Running;
using Microsoft.Extensions.Logging;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>Recorded forwards over single tokens, for some numbers of sequences and lengths; batches between them are padded.</summary>
internal sealed partial class StepGraphs(Func<IStepGraph> create, ILogger logger) : IDisposable
{
    private const int MostRows = 256, FewestKeys = 512;

    private readonly Dictionary<(int Rows, int Keys), RecordedStep> _steps = [];

    /// <summary>False once a record failed: it would again.</summary>
    public bool IsUsable { get; private set; } = true;

    public IStepGraph Create() => create();

    /// <summary>The shape that a batch is padded to, or null where it is not one token of each of its sequences, whose blocks are a run each.</summary>
    public static StepShape? Pad(RaggedBatch batch)
    {
        var shape = StepShape.Of(batch, gathers: true);
        bool isPlain = shape.MaxQueries == 1 && shape is { Gathered: 0, Copies: 0 } && shape.Samples == shape.Tokens && !batch.HasRoutes;
        return isPlain && shape.Tokens <= MostRows ? shape.Padded(PaddedRows(shape.Tokens), PaddedKeys(shape.MaxKeys)) : null;
    }

    public RecordedStep? Find(in StepShape shape) => _steps.GetValueOrDefault((shape.Tokens, shape.MaxKeys));

    public void Add(RecordedStep step) => _steps.Add((step.Shape.Tokens, step.Shape.MaxKeys), step);

    public void GiveUp(Exception reason)
    {
        IsUsable = false;
        Log.GivenUp(logger, reason.Message.ReplaceLineEndings(" "));
    }

    public void Dispose()
    {
        foreach (RecordedStep step in _steps.Values) step.Dispose();
        _steps.Clear();
    }

    /// <summary>1, 2, 4, 8, then steps of 8, and from 64 on of 32: at most a third of a large batch is padding.</summary>
    internal static int PaddedRows(int rows) => rows switch
    {
        <= 8 => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows),
        <= 64 => (rows + 7) / 8 * 8,
        _ => (rows + 31) / 32 * 32,
    };

    /// <summary>512, 2048, 8192, and so on: the kernel only divides its work by it.</summary>
    private static int PaddedKeys(int keys)
    {
        int padded = FewestKeys;
        while (padded < keys) padded *= 4;
        return padded;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Decode steps are not recorded as CUDA graphs: {Reason}")]
        public static partial void GivenUp(ILogger logger, string reason);
    }
}
