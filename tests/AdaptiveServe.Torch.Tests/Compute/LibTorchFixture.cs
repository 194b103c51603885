using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LargeOnly;
using AdaptiveServe.Torch.Cache;
using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Compute.LibTorch;
using AdaptiveServe.Torch.Models;
using AdaptiveServe.Torch.Running;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Compute;

/// <summary>A small decoder on libtorch's backend with given parts, and sequences of it in given blocks.</summary>
internal sealed class LibTorchFixture : IDisposable
{
    public const int Blocks = 40, BlockSize = 4, Context = 64;

    private readonly TinyModel _model = new(Configs.Mistral);
    private readonly RaggedBatch _ragged = new(BlockSize);

    public LibTorchFixture(LibTorchParts? parts = null, string dtype = "float32", torch.Device? device = null)
    {
        device ??= torch.CPU;
        LibTorchBackend? backend = null;
        LoadedModel loaded = LoadedModel.Load(_model.Folder, dtype, device, (_, type) => backend = new LibTorchBackend(device, type, type, parts));
        Backend = backend!;
        Cache = new KvCache(loaded.Config, Blocks, BlockSize, loaded.DType, device);
        for (int layer = 0; layer < loaded.Config.Layers; layer++)
        {
            Cache[layer].Keys.zero_();
            Cache[layer].Values.zero_();
        }

        Decoder = new Decoder(loaded.Config, backend!, loaded.Weights, new RotaryTable(loaded.Config, Context, device), Cache);
    }

    public LibTorchBackend Backend { get; }

    public KvCache Cache { get; }

    public Decoder Decoder { get; }

    /// <summary>Attention in one call by its definition, the fused norm, and records where a factory makes them.</summary>
    public static LibTorchParts Parts(Func<IStepGraph>? graphs = null, ILogger? logger = null) => new()
    {
        Attention = VarlenDefinition.Attend,
        Norm = FusedNorm.Find(torch.CPU),
        Graphs = graphs is null ? null : new StepGraphs(graphs, logger ?? NullLogger.Instance),
    };

    /// <summary>A sequence of that many tokens in these blocks.</summary>
    public static RunningSequence Sequence(int number, int tokens, params int[] blocks)
    {
        int[] prompt = [.. Enumerable.Range(0, tokens).Select(i => (i * 31 + number * 17 + 5) % 500)];
        var running = new RunningSequence(new Sequence(prompt, new SamplingParams { MaxTokens = 9 }), new LargeOnlyStrategy(), null);
        foreach (int block in blocks) running.Table(ModelRole.Large).Add(block);
        return running;
    }

    /// <summary>The last tokens of sequences, each sampled after its last; gives the logits of each.</summary>
    public float[][] Run(int count, params RunningSequence[] sequences)
    {
        Forward(count, sequences);
        var logits = new LogitsResult();
        bool[] wanted = new bool[sequences.Length];
        Array.Fill(wanted, true);
        Decoder.Logits(_ragged.SampleRows, wanted, logits);
        Decoder.End();
        return [.. Enumerable.Range(0, sequences.Length).Select(i => logits.Row(i).ToArray())];
    }

    /// <summary>The same up to the last layer; the decoder's end is to follow.</summary>
    public void Forward(int count, params RunningSequence[] sequences)
    {
        var batch = new StepBatch(ModelRole.Large);
        foreach (RunningSequence sequence in sequences)
            batch.Add(sequence, sequence.Sequence.Count - count, count, 1, isDraft: false);
        _ragged.Fill(batch);
        Decoder.Forward(_ragged);
    }

    public void Dispose()
    {
        Decoder.Dispose();
        _model.Dispose();
    }
}
