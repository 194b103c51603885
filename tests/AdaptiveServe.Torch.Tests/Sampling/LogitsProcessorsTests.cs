using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Sampling;

namespace AdaptiveServe.Torch.Tests.Sampling;

public class LogitsProcessorsTests
{
    private const int Prompt = 4;
    private static readonly int[] History = [1, 2, 2, 3, 3, 4, 4, 4, 7];

    [Fact]
    public void Run_AllPenaltiesAndBias_EqualsDirectComputation()
    {
        var sampling = new SamplingParams
        {
            RepetitionPenalty = 1.3f,
            PresencePenalty = 0.4f,
            FrequencyPenalty = 0.25f,
            LogitBias = new Dictionary<int, float> { [4] = 1.5f, [9] = -100f },
        };
        float[] logits = [.. Enumerable.Range(0, 10).Select(token => token - 4.5f)];
        float[] expected = [.. logits];
        for (int token = 0; token < expected.Length; token++)
        {
            expected[token] += token == 4 ? 1.5f : token == 9 ? -100f : 0;
            if (History.Contains(token)) expected[token] = expected[token] > 0 ? expected[token] / 1.3f : expected[token] * 1.3f;
            int generated = History[Prompt..].Count(seen => seen == token);
            if (generated > 0) expected[token] -= 0.4f + 0.25f * generated;
        }

        var processors = new LogitsProcessors(10, [0]);
        for (int repeat = 0; repeat < 2; repeat++) // nothing of one call may stay for the next
        {
            float[] processed = [.. logits];
            processors.Run(sampling, History, Prompt, processed);
            Assert.Equal(expected, processed);
        }
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void Run_MinTokens_BansEndTokensUntilReached(int generated, bool isBanned)
    {
        var sampling = new SamplingParams { MinTokens = 6, StopTokenIds = [3] };
        var logits = new float[10];
        int[] history = [.. Enumerable.Repeat(1, Prompt + generated)];
        Assert.Equal(isBanned, LogitsProcessors.Apply(sampling, generated));
        new LogitsProcessors(10, [0]).Run(sampling, history, Prompt, logits);
        Assert.Equal(isBanned, float.IsNegativeInfinity(logits[0]));
        Assert.Equal(isBanned, float.IsNegativeInfinity(logits[3]));
        Assert.Equal(0, logits[5]);
    }

    [Fact]
    public void Run_EverythingBanned_IsAnError()
    {
        var sampling = new SamplingParams { MinTokens = 1, StopTokenIds = [0, 1] };
        Assert.Throws<InvalidOperationException>(() => new LogitsProcessors(2, [0]).Run(sampling, [1], 1, new float[2]));
    }
}
