using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;

namespace AdaptiveServe.Torch.Tests.Running;

/// <summary>Numbers that libtorch reads must not be freed while it reads them: a finaliser that comes in between makes a forward fail.</summary>
[Collection(nameof(ProcessMemoryCollection))]
public class CollectionDuringForwardTests
{
    private const int Rounds = 20, Sequences = 8, Tokens = 60;

    [Fact]
    public async Task Execute_CollectionsAllTheTime_NoForwardFails()
    {
        using var model = new TinyModel(Configs.Llama);
        using InferenceEngine engine = new GoldenModel(model.Folder, []).Start(options => options.Compute = "libtorch");
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
                Thread.SpinWait(3000); // a collection holds up the forward: without a pause it would hardly go on
            }
        });
        collector.Start();
        try
        {
            for (int round = 0; round < Rounds; round++) await Generate(engine);
        }
        finally
        {
            await stop.CancelAsync();
            collector.Join();
        }
    }

    /// <summary>Fails where a sequence ends with an error.</summary>
    private static async Task Generate(InferenceEngine engine)
    {
        var sampling = new SamplingParams { Temperature = 0, MaxTokens = Tokens, IgnoreEos = true };
        Sequence[] sequences = [.. Enumerable.Range(0, Sequences).Select(i => new Sequence([1, 2, 3 + i], sampling))];
        Assert.Equal(SubmitResult.Accepted, engine.Submit(sequences));
        foreach (Sequence sequence in sequences) Assert.Equal(Tokens, (await sequence.ReadIdsAsync()).Length);
    }
}
