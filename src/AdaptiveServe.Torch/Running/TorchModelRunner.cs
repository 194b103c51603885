using System.Diagnostics;
using System.Globalization;
using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.Cpu;
using AdaptiveServe.Torch.Compute.LibTorch;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Sampling;
using Microsoft.Extensions.Logging;
using TorchSharp;

namespace AdaptiveServe.Torch.Running;

/// <summary>Runs the engine's batches on the loaded models: batch to arrays, forward, logits, samples.</summary>
public sealed partial class TorchModelRunner : IModelRunner
{
    private const int PromptLogprobRows = 64; // logits of a long prompt are made in slices: a row is as wide as the vocabulary

    private readonly Decoder?[] _decoders;
    private readonly WorkerPool? _pool;
    private readonly AcceptanceHead? _head;
    private readonly RaggedBatch _ragged;
    private readonly Sampler _sampler;
    private readonly LogitsResult _logits = new();
    private readonly StepResult _result = new();
    private readonly StepReader _reader;

    private float[] _states = [];

    private TorchModelRunner(
        ModelInfo info, Decoder large, Decoder? small, AcceptanceHead? head, IReadOnlyList<IPromptRouter> routers, WorkerPool? pool)
    {
        _reader = new StepReader(routers, info);
        _head = head;
        _pool = pool;
        Info = info;
        _decoders = [small, large];
        _ragged = new RaggedBatch(info.BlockSize);
        _sampler = new Sampler(info.VocabularySize, info.EosIds);
    }

    public ModelInfo Info { get; }

    /// <summary>Of the last <see cref="Execute"/>, the time in layers and logits: all of it but the batch's arrays and the sampling.</summary>
    internal TimeSpan ModelTime { get; private set; }

    /// <summary>Reads the model folders, sizes the KV memory and says what it did in the log.</summary>
    /// <exception cref="ModelLoadException">A folder, a device or a size is not usable; the message is one line.</exception>
    public static TorchModelRunner Load(TorchRunnerOptions options, EngineOptions engine, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(engine);
        NativeTorch.Load();
        if (options.Threads > 0) torch.set_num_threads(options.Threads);
        torch.Device device = FindDevice(options.Device);
        bool isNative = device.type == TorchSharp.DeviceType.CPU && options.Compute == "auto";
        if (!isNative && (options.DType == "int8" || options.SmallDType == "int8"))
            throw new ModelLoadException("--dtype", "int8 is for the CPU's own kernels: it needs --device cpu and --compute auto");
        if (options.CudaGraphs && device.type != TorchSharp.DeviceType.CUDA && options.LibTorchParts is null)
            throw new ModelLoadException("--cuda-graphs", "needs --device cuda");
        WorkerPool? pool = isNative ? new WorkerPool(options.Threads > 0 ? options.Threads : Environment.ProcessorCount) : null;
        if (options.SharedWeights is not null && !isNative)
            throw new ModelLoadException("--shared-weights", "is for the CPU's own kernels: it needs --device cpu and --compute auto");
        SharedWeights? shared = options.SharedWeights is { } folder ? new SharedWeights(folder) : null;
        LoadedModel large = LoadModel(options.Model, options.DType, options.Adapter) with { ExtraLayers = options.MaxRepeatedLayers };
        LoadedModel? small = options.SmallModel is { } path ? LoadModel(path, options.SmallDType ?? options.DType, null) : null;
        if (small is not null && small.Config.VocabularySize != large.Config.VocabularySize)
        {
            throw new ModelLoadException(small.Path, $"has a vocabulary of {small.Config.VocabularySize}, and {large.Path} has one of "
                + $"{large.Config.VocabularySize}; a pair shares its tokenizer");
        }

        AcceptanceHead? head = small is null ? null : FindHead(options, small.Config.HiddenSize);
        IReadOnlyList<IPromptRouter> routers = FindRouters(options, large.Config);
        int context = ContextLength(options, large, small);
        int blocks = CountBlocks(options, engine, large, small, context, device);
        var info = new ModelInfo
        {
            VocabularySize = large.Config.VocabularySize,
            ContextLength = context,
            EosIds = large.Config.EosIds,
            BlockSize = options.BlockSize,
            LargeBlocks = blocks,
            SmallBlocks = small is null ? 0 : blocks,
            LargeLayers = large.Config.Layers,
            LargeRepeats = options.MaxRepeatedLayers,
            LayerRanking = LayerRanking.Find(options.Model)?.Layers ?? [],
            PromptRouters = [.. routers.Select(router => router.Name)],
            SmallLayers = small?.Config.Layers ?? 0,
            LargeParameters = large.Weights.CountParameters(),
            SmallParameters = small?.Weights.CountParameters() ?? 0,
            HasAcceptanceHead = head is not null,
            JudgesNextToken = head is { ScoresLast: false },
        };
        foreach ((string role, LoadedModel? model) in new[] { ("large", large), ("small", small) })
        {
            if (model is null) continue;
            long tokens = (long)blocks * options.BlockSize;
            Log.Loaded(
                logger, role, model.Path, model.DType, options.Device, model.Compute.CacheType, tokens, tokens * model.KvBytesPerToken / 1048576.0, context);
        }

        return new TorchModelRunner(
            info, large.Build(blocks, options.BlockSize, context, device), small?.Build(blocks, options.BlockSize, context, device), head, routers, pool);

        LoadedModel LoadModel(string model, string dtype, string? adapter)
        {
            string? file = null;
            WeightMemory? memory = null;
            LoadedModel loaded = LoadedModel.Load(model, dtype, device, (config, type) =>
            {
                file = shared?.PathOf(model, adapter, type, options.RegisterBits ?? CpuBackend.Widest);
                memory = File.Exists(file) ? new WeightMemory(file) : new WeightMemory();
                return CreateCompute(config, type, memory);
            }, adapter);
            memory!.EnsureUsedUp();
            if (file is null || memory.IsFilled) return loaded;
            SharedWeights.Save(memory, file);
            loaded.Weights.Dispose();
            loaded.Compute.Dispose();
            return LoadModel(model, dtype, adapter); // of the file now, like everybody after this
        }

        IComputeBackend CreateCompute(ModelConfig config, torch.ScalarType type, WeightMemory memory)
        {
            torch.ScalarType? cacheType = TypeNames.Parse(options.KvDType);
            if (pool is not null) return CpuBackend.Create(pool, options.RegisterBits, cacheType ?? torch.float32, quantises: type == torch.int8, memory);
            LibTorchParts? parts = options.LibTorchParts?.Invoke();
            if (device.type == TorchSharp.DeviceType.CUDA)
                parts ??= LibTorchParts.OfCuda(device, type, cacheType ?? type, config.HeadDim, options.CudaGraphs, logger);
            return new LibTorchBackend(device, type, cacheType ?? type, parts);
        }
    }

    public void Start()
    {
    }

    public StepResult Execute(StepBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Decoder decoder = _decoders[(int)batch.Role]!;
        _result.Reset(batch.SampleCount);
        _ragged.Fill(batch);
        ReadOnlySpan<bool> wantedRows = _sampler.WantedRows(batch);
        long started = Stopwatch.GetTimestamp();
        try
        {
            bool isRead = _reader.Begin(batch);
            decoder.Forward(_ragged, isRead ? _reader : null);
            if (batch.SampleCount > 0) decoder.Logits(_ragged.SampleRows, wantedRows, _logits);
            ModelTime = Stopwatch.GetElapsedTime(started);
            if (isRead) _reader.Report(_result);
            if (batch.SampleCount > 0)
            {
                _sampler.Sample(batch, _logits, _result);
                ScoreTokens(batch, decoder);
            }

            ReportPromptLogprobs(batch, decoder);
        }
        finally
        {
            decoder.End();
        }

        return _result;
    }

    public void Dispose()
    {
        foreach (Decoder? decoder in _decoders) decoder?.Dispose();
        _pool?.Dispose();
    }

    /// <summary>Asks the acceptance head about the small model's drafts and next tokens, for those that want to know.</summary>
    private void ScoreTokens(StepBatch batch, Decoder decoder)
    {
        if (_head is null || batch.Role == ModelRole.Large) return;
        int width = decoder.HiddenSize;
        bool hasStates = false;
        foreach (ref readonly ScheduledSequence row in batch.Rows)
        {
            bool wants = row.IsDraft ? row.Running.Sequence.Speculation.UsesAcceptanceHead : row.Running.NeedsAcceptance;
            if (!wants || row.SampleCount == 0) continue;
            if (_head.ScoresLast && row.Running.Drafts.IsEmpty) continue; // what the state read last is no draft
            if (!hasStates)
            {
                if (_states.Length < batch.SampleCount * width) _states = new float[batch.SampleCount * width];
                decoder.CopyStates(_states);
                hasStates = true;
            }

            int sample = row.FirstSample;
            // Of the most likely token, not of the drawn one: what decides who gives a token must not look at it.
            _result.Acceptances[sample] = _head.Score(_states.AsSpan(sample * width, width),
                _result.Entropies[sample] * (float)Math.Log(2), MathF.Log(_result.TopProbabilities[sample]));
        }
    }

    /// <summary>The row of token i gives the distribution of token i + 1.</summary>
    private void ReportPromptLogprobs(StepBatch batch, Decoder decoder)
    {
        int firstRow = 0;
        foreach (ref readonly ScheduledSequence row in batch.Rows)
        {
            Sequence sequence = row.Running.Sequence;
            if (row.WantsPromptLogprobs)
            {
                int end = Math.Min(row.Start + row.Count, sequence.PromptLength - 1);
                for (int position = row.Start; position < end; position += PromptLogprobRows)
                    ReportPromptLogprobs(decoder, sequence, firstRow - row.Start, position, Math.Min(end, position + PromptLogprobRows));
            }

            firstRow += row.Count;
        }
    }

    private void ReportPromptLogprobs(Decoder decoder, Sequence sequence, int rowOfStart, int from, int to)
    {
        Span<int> rows = stackalloc int[to - from];
        Span<bool> wanted = stackalloc bool[to - from];
        wanted.Fill(true);
        for (int i = 0; i < rows.Length; i++) rows[i] = rowOfStart + from + i;
        decoder.Logits(rows, wanted, _logits);
        for (int i = 0; i < rows.Length; i++)
        {
            int next = from + i + 1;
            _result.AddPromptLogprobs(sequence, next,
                Sampler.Logprobs(_logits.Row(i), _logits.LogSumExp[i], sequence.Tokens[next], sequence.Sampling.PromptLogprobs!.Value),
                _logits.Entropy[i]);
        }
    }

    private static AcceptanceHead? FindHead(TorchRunnerOptions options, int width)
    {
        string path = Path.Combine(options.Model, AcceptanceHead.FileName);
        return File.Exists(path) ? AcceptanceHead.Load(path, width, ModelFingerprint.Of(options.Model, options.SmallModel)) : null;
    }

    /// <summary>What was trained for a model, and what needs no training.</summary>
    private static IReadOnlyList<IPromptRouter> FindRouters(TorchRunnerOptions options, ModelConfig config)
    {
        string folder = options.Model;
        IPromptRouter?[] all =
        [
            new VoidRouter(config.Layers, config.HiddenSize), BottleneckRouter.Find(folder, config), GateRouter.Find(folder, config, options.Adapter),
        ];
        return [.. all.OfType<IPromptRouter>()];
    }

    private static torch.Device FindDevice(string name)
    {
        if (name == "cpu") return torch.CPU;
        int index = name.Contains(':', StringComparison.Ordinal) ? int.Parse(name.Split(':')[1], CultureInfo.InvariantCulture) : 0;
        if (!torch.cuda.is_available())
            throw new ModelLoadException("--device", $"'{name}' is not there: this build carries the CPU libtorch, or the machine has no CUDA device");
        if (index >= torch.cuda.device_count())
            throw new ModelLoadException("--device", $"'{name}' is not there: the machine has {torch.cuda.device_count()} CUDA devices");
        return new torch.Device(TorchSharp.DeviceType.CUDA, index);
    }

    private static int ContextLength(TorchRunnerOptions options, LoadedModel large, LoadedModel? small)
    {
        int limit = Math.Min(large.Config.MaxPositions, small?.Config.MaxPositions ?? int.MaxValue);
        if (options.MaxModelLen <= 0) return limit;
        if (options.MaxModelLen > limit)
            throw new ModelLoadException("--max-model-len", $"{options.MaxModelLen} is more than the {limit} positions of the model");
        return options.MaxModelLen;
    }

    /// <summary>As many blocks for each model as the memory allows, and no more than all rows at full length would use.</summary>
    private static int CountBlocks(
        TorchRunnerOptions options, EngineOptions engine, LoadedModel large, LoadedModel? small, int context, torch.Device device)
    {
        long bytesPerBlock = options.BlockSize * (large.KvBytesPerToken + (small?.KvBytesPerToken ?? 0));
        long most = (long)engine.MaxSequences * ((context + options.BlockSize - 1) / options.BlockSize);
        long blocks = Math.Min(KvMemory.Bytes(options.KvMemory, device) / bytesPerBlock, most);
        blocks = Math.Min(blocks, int.MaxValue / options.BlockSize);
        if (blocks == 0)
            throw new ModelLoadException("--kv-memory", $"'{options.KvMemory}' holds not even one block of {bytesPerBlock} bytes");
        return (int)blocks;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "The {Role} model is {Path} as {DType} on {Device}: keys and values as {KvDType} of {Tokens} tokens ({MiB:F0} MiB), context {Context}")]
        public static partial void Loaded(
            ILogger logger, string role, string path, torch.ScalarType dtype, string device, torch.ScalarType kvDType, long tokens, double miB, int context);
    }
}
