using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Torch.Compute.LibTorch;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Compute;

/// <summary>What a step on CUDA relies on, without a device: one upload, attention in one call, and records over padded batches.</summary>
public class LibTorchStepTests
{
    private const double Tolerance = 1e-4;

    /// <summary>Runs of blocks in another order than their sequences, and blocks that are no run, which are gathered.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void Attention_WholeBatchInOneCall_EqualsSequenceBySequence(bool isScattered)
    {
        float[][] expected = Run(null), actual = Run(LibTorchFixture.Parts());
        for (int i = 0; i < expected.Length; i++) AssertNear(expected[i], actual[i]);

        float[][] Run(LibTorchParts? parts)
        {
            using var fixture = new LibTorchFixture(parts);
            RunningSequence first = LibTorchFixture.Sequence(0, 11, 20, 21, 22), second = LibTorchFixture.Sequence(1, 11, 3, 4, isScattered ? 9 : 5);
            float[][] prompts = fixture.Run(11, first, second), chunks = fixture.Run(3, second, first), single = fixture.Run(1, first, second);
            return [.. prompts, .. chunks, .. single];
        }
    }

    /// <summary>Of all slots, only those of the batch and the scratch slot are written.</summary>
    [Theory, InlineData(1), InlineData(3), InlineData(9)]
    public void Repeat_PaddedRecord_EqualsPlainStepAndTouchesNothingElse(int count)
    {
        var graphs = new List<RerunGraph>();
        using var plain = new LibTorchFixture(LibTorchFixture.Parts());
        using var recorded = new LibTorchFixture(LibTorchFixture.Parts(() =>
        {
            graphs.Add(new RerunGraph());
            return graphs[^1];
        }));
        RunningSequence[] sequences = [.. Enumerable.Range(0, count).Select(i => LibTorchFixture.Sequence(i, 5 + i % 3, 4 * i, 4 * i + 1, 4 * i + 2))];
        plain.Run(5, sequences);
        recorded.Run(5, sequences);
        for (int step = 0; step < 3; step++) // recorded, then replayed over other tokens at other places
        {
            foreach (RunningSequence sequence in sequences) sequence.Sequence.Append((step * 7 + 3) % 500);
            float[][] expected = plain.Run(1, sequences), actual = recorded.Run(1, sequences);
            for (int i = 0; i < count; i++) AssertNear(expected[i], actual[i]);
        }

        Assert.Equal(2, Assert.Single(graphs).Replays);
        for (int layer = 0; layer < recorded.Decoder.Layers; layer++)
        {
            long slots = recorded.Cache.ScratchSlot;
            AssertNear(plain.Cache[layer].Keys.narrow(0, 0, slots), recorded.Cache[layer].Keys.narrow(0, 0, slots));
            AssertNear(plain.Cache[layer].Values.narrow(0, 0, slots), recorded.Cache[layer].Values.narrow(0, 0, slots));
        }
    }

    [Fact]
    public void Repeat_OtherSizesAndOtherBatches_HaveRecordsOfTheirOwnOrNone()
    {
        int made = 0;
        using var fixture = new LibTorchFixture(LibTorchFixture.Parts(() =>
        {
            made++;
            return new RerunGraph();
        }));
        RunningSequence[] runs = [.. Enumerable.Range(0, 9).Select(i => LibTorchFixture.Sequence(i, 6, 2 * i, 2 * i + 1))];
        RunningSequence scattered = LibTorchFixture.Sequence(10, 6, 30, 20);
        fixture.Run(6, [.. runs, scattered]); // a prompt is not recorded
        fixture.Run(1, runs[0], scattered);
        Assert.Equal(0, made);
        foreach (int rows in (int[])[1, 2, 3, 4, 5, 8, 9, 7]) fixture.Run(1, runs[..rows]);
        Assert.Equal(5, made); // of 1, 2, 4, 8 and 16
    }

    [Fact]
    public void Repeat_RecordFails_StepsGoOnAndTheLogSaysWhy()
    {
        var log = new ListLogger();
        int tries = 0;
        using var plain = new LibTorchFixture(LibTorchFixture.Parts());
        using var broken = new LibTorchFixture(LibTorchFixture.Parts(() =>
        {
            tries++;
            return new BrokenGraph();
        }, log));
        RunningSequence sequence = LibTorchFixture.Sequence(1, 6, 2, 3);
        foreach (int count in (int[])[5, 1, 1]) AssertNear(plain.Run(count, sequence)[0], broken.Run(count, sequence)[0]);
        Assert.Equal(1, tries);
        Assert.Equal("Decode steps are not recorded as CUDA graphs: the device refused", Assert.Single(log.Lines));
    }

    /// <summary>Neither uploads nor tensors grow with the sequences of a step or with their lengths.</summary>
    [Fact]
    public void Step_AnyBatch_HasOneUploadAndTheSameTensors()
    {
        // Attention by its definition makes tensors for each sequence: here none looks at keys.
        using var fixture = new LibTorchFixture(new LibTorchParts { Attention = (queries, _, _, _, _) => queries.clone() });
        RunningSequence[] sequences = [.. Enumerable.Range(0, 8).Select(i => LibTorchFixture.Sequence(i, 8 + i, 4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3))];
        RunningSequence scattered = LibTorchFixture.Sequence(8, 6, 39, 33);
        long alone = Tensors(() => fixture.Run(1, sequences[0]));
        Assert.Equal(alone, Tensors(() => fixture.Run(1, sequences)));
        Assert.Equal(alone, Tensors(() => fixture.Run(1, sequences[7])));
        Assert.InRange(Tensors(() => fixture.Run(5, [.. sequences, scattered])), alone, alone + 20); // keys, values and samples are gathered

        long Tensors(Action step)
        {
            step();
            int uploads = fixture.Backend.Uploads;
            DisposeScopeManager.Statistics.Reset();
            step();
            Assert.Equal(uploads + 1, fixture.Backend.Uploads);
            return DisposeScopeManager.Statistics.TensorStatistics.CreatedInScopeCount;
        }
    }

    [Theory, InlineData(1, 1), InlineData(2, 2), InlineData(3, 4), InlineData(8, 8), InlineData(9, 16)]
    [InlineData(33, 40), InlineData(65, 96), InlineData(256, 256)]
    public void PaddedRows_AnyNumber_IsTheNextOfFew(int rows, int padded) => Assert.Equal(padded, StepGraphs.PaddedRows(rows));

    private static void AssertNear(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], Tolerance);
    }

    private static void AssertNear(torch.Tensor expected, torch.Tensor actual) =>
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, Tolerance);

    private sealed class BrokenGraph : IStepGraph
    {
        public void Capture(Action operations)
        {
            operations();
            throw new InvalidOperationException("the device refused");
        }

        public void Replay() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
